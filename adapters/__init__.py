"""The edges where people ask: each adapter turns a platform's message into a Question and an Answer into a reply."""

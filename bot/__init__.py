"""Quorum's product: knowledge in, voted and cited answers out. Imports neither adapters nor workers."""

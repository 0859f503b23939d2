"""Our messages, streams and cards as WeCom takes them, in parts that fit its bytes."""

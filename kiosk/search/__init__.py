"""Index and retrieval: words (BM25), meaning (FAISS), their fusion by a learned re-ranker."""

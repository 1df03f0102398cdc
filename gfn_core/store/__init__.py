"""The store: keys, Parquet schemas, artifact layout, atomic writes."""

"""The recipes for Ray Data and Spark, run with the engines themselves (-m engines)."""

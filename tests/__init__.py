"""The tests mirror the code; what several of them need stands here: conftest, builders, brokers, processes."""

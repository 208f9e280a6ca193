"""What several rooms' tests share: where the vectors lie, what real parts are present, worked examples."""

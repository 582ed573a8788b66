"""What operators see of the running process: logs."""

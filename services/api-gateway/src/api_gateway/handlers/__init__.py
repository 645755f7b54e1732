"""What happens in api-gateway without anybody asking at that moment."""

"""What an audit finds: its vocabulary, and the checks that need nothing but stored arrays."""

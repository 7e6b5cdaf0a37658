"""What servers are told: headers, redirects, languages."""

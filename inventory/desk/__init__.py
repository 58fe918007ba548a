"""What a person sees across features: the helpdesk's lookup, search, jobs, health."""

"""What the HTTP surfaces of all apps share: views, strict forms, how calls are described."""

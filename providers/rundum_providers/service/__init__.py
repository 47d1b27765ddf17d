"""What may be done with providers: each verb authorises, opens one transaction, tells people."""

"""Speech in and speech out of the taxi application, interruptible at every moment."""

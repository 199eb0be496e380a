"""Events to text. All wording lives in this package, and nothing else does. `message.render` is the way in."""

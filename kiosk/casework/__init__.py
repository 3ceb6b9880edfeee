"""Case, hand-over, diary, roster: state machines over events, and the office that writes them."""

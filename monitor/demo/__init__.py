"""TRY: `chuong demo`, a whole post on one machine. `trial` is the story; the other files are what it stands on."""

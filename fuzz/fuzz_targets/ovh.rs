#![no_main]

fuzz::target!(ovh, 4 << 20);

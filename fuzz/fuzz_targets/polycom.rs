#![no_main]

fuzz::target!(polycom, 4 << 20);

#![no_main]

fuzz::target!(numbers, 4 << 20);

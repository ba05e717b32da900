#![no_main]

fuzz::target!(gob_decode, 4 << 20);

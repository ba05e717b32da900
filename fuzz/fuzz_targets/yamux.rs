#![no_main]

fuzz::target!(yamux, 4 << 20);

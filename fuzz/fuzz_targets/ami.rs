#![no_main]

fuzz::target!(ami, 4 << 20);

#![no_main]

fuzz::target!(phone_urls, 4 << 20);

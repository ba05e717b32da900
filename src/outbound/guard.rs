//! Which addresses are asked only if they are listed themselves.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Metadata services of clouds outside of the local link: Alibaba's, Oracle's older one and Azure's, and Google's over IPv6.
const METADATA_V4: [Ipv4Addr; 3] = [
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(192, 0, 0, 192),
    Ipv4Addr::new(168, 63, 129, 16),
];
const METADATA_V6: Ipv6Addr = Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254);

/// How all of AWS' services inside of an instance's link begin over IPv6 (`fd00:ec2::/32`): the metadata at `::254`, the credentials of
/// containers at `::23`, and others.
const AWS_V6: [u16; 2] = [0xfd00, 0xec2];

/// How the addresses begin that a network translates into IPv4 as it likes (`64:ff9b:1::/48`, RFC 8215). Where in them the IPv4 address
/// stands is known in that network only (RFC 6052 has several places), so all of them are guarded.
const LOCAL_TRANSLATION: [u16; 3] = [0x64, 0xff9b, 1];

/// Whether an address is one of this machine, of the local link, of a cloud's metadata service, of nobody or of everybody: there may be
/// services behind it that trust whoever reaches them. Addresses of a private network are none of these.
pub(super) fn is_guarded(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_guarded_v4(address),
        IpAddr::V6(address) => {
            address.is_loopback()
                || address.is_unspecified()
                || address.is_multicast()
                || address.segments()[0] & 0xffc0 == 0xfe80
                || address == METADATA_V6
                || address.segments().starts_with(&AWS_V6)
                || address.segments().starts_with(&LOCAL_TRANSLATION)
                || inner_v4(address).is_some_and(is_guarded_v4)
        }
    }
}

/// Whether an address is one of this machine or of a private network (RFC 1918, RFC 4193): what is sent there stays in the house.
#[must_use]
pub fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address.is_loopback() || address.is_private(),
        IpAddr::V6(address) => address.is_loopback() || address.segments()[0] & 0xfe00 == 0xfc00,
    }
}

fn is_guarded_v4(address: Ipv4Addr) -> bool {
    let [first, ..] = address.octets();
    address.is_loopback()
        || address.is_link_local()
        // "This network", multicast, reserved and broadcast (RFC 6890).
        || first == 0
        || first >= 224
        || METADATA_V4.contains(&address)
}

/// The IPv4 address that an IPv6 address stands for: mapped and compatible (RFC 4291, 2.5.5), translated (`64:ff9b::/96` of RFC 6052, and
/// `::ffff:0:0:0/96` of RFC 2765, which later texts no longer have, and translators still do), 6to4 (RFC 3056).
fn inner_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let (high, low) = match [a, b, c, d, e, f] {
        [0, 0, 0, 0, 0, 0xffff | 0] | [0, 0, 0, 0, 0xffff, 0] | [0x64, 0xff9b, 0, 0, 0, 0] => {
            (g, h)
        }
        [0x2002, high, low, ..] => (high, low),
        _ => return None,
    };
    Some(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_guarded_in_every_form() {
        for text in [
            "127.0.0.1",
            "127.255.0.1",
            "0.0.0.0",
            "0.1.2.3",
            "169.254.169.254",
            "169.254.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "100.100.100.200",
            "192.0.0.192",
            "168.63.129.16",
            "::",
            "::1",
            "fe80::1",
            "febf::1",
            "ff02::1",
            "fd00:ec2::254",
            "fd20:ce::254",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::169.254.169.254",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::1",
        ] {
            assert!(is_guarded(text.parse().expect(text)), "{text}");
        }
        for text in [
            "10.1.2.3",
            "192.168.1.1",
            "172.16.0.1",
            "100.64.0.1",
            "93.184.216.34",
            "2606:2800:220:1::1",
            "fd00::5",
            "::ffff:10.1.2.3",
            "64:ff9b::93.184.216.34",
            "2002:5db8:d822::1",
        ] {
            assert!(!is_guarded(text.parse().expect(text)), "{text}");
        }
    }

    #[test]
    fn aws_services_and_translated_addresses_were_not_guarded() {
        for text in [
            "fd00:ec2::23",
            "fd00:ec2::123",
            "fd00:ec2::254",
            "fd00:ec2:1::1",
            "64:ff9b:1::169.254.169.254",
            "64:ff9b:1:a9fe:a9:fe00::",
            "64:ff9b:1:ffff::1",
            "::ffff:0:127.0.0.1",
            "::ffff:0:169.254.169.254",
            "::ffff:0:100.100.100.200",
        ] {
            assert!(is_guarded(text.parse().expect(text)), "{text}");
        }
        for text in [
            "fd00:ec3::254",
            "fd01:ec2::254",
            "64:ff9b:2::1",
            "::ffff:0:10.1.2.3",
            "::ffff:0:93.184.216.34",
            "::1:ffff:0:7f00:1",
        ] {
            assert!(!is_guarded(text.parse().expect(text)), "{text}");
        }
    }
}

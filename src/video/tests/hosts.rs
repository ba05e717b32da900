//! Who may join, who may host, and what they get.

use super::*;

#[tokio::test(start_paused = true)]
async fn nobody_but_a_member_is_let_in() {
    let house = House::new("").await;
    let joined = house.join(&house.bob, "tab").await.expect("a member");
    assert_eq!(joined.pin.as_deref(), Some(PIN));
    assert!(joined.host && joined.window.is_none());
    assert_eq!(joined.display_name, "bob");
    assert_eq!(joined.sip, format!("{}@pexip.example.com", joined.alias));
    for (who, channel, why) in [
        (&house.eve, &house.town, Refused::NoMember),
        (&house.bob, &ChannelId::from("x"), Refused::NoChannel),
    ] {
        let refused = house.join_at(who, "tab", channel, false).await;
        assert_eq!(refused, Err(why));
    }
    // Somebody who was removed is out at the next beat at the latest.
    let id = house.enters(&house.bob, "tab").await;
    let bob = house.bob.id.as_str();
    house.server.change_place(&house.town, |place| {
        place.members.remove(bob);
    });
    let refused = house.video.beat(&id, &house.bob.id).await;
    assert_eq!(refused, Err(Refused::NoMember));
    assert_eq!(house.people(), "");
    let again = house.join(&house.bob, "tab").await;
    assert_eq!(again, Err(Refused::NoMember));
    let gone = house
        .server
        .change_person("alice", |alice| alice.deactivated = true);
    assert_eq!(house.join(&gone, "tab").await, Err(Refused::NoMember));
}

#[tokio::test(start_paused = true)]
async fn the_settings_keep_channels_out() {
    let house = House::new("").await;
    let (alice, bob) = (&house.alice, &house.bob);
    let direct = house.server.place("d", ChannelKind::Direct, &[alice, bob]);
    let group = house.server.place("g", ChannelKind::Group, &[alice, bob]);
    let refused = Err(Refused::NotHere);
    for (settings, allowed) in [
        ("", [true; 3]),
        (r#","videochannels":"channels""#, [true, false, false]),
        (r#","videochannels":"direct""#, [false, true, false]),
        (r#","videochannels":"group""#, [false, false, true]),
        (
            r#","videochannels":"direct","filterchannels":{"enabled":true}"#,
            [false, true, false],
        ),
        (
            r#","videochannels":"channels","filterchannels":{"enabled":true,"allowedChannels":["d0000000000000000000000000"]}"#,
            [false; 3],
        ),
    ] {
        house.set(settings).await;
        for (channel, allowed) in [&house.town, &direct, &group].into_iter().zip(allowed) {
            let joined = house.join_at(bob, "tab", channel, false).await;
            assert_eq!(joined.is_ok(), allowed, "{settings} {channel:?}");
            assert!(joined.is_ok() || joined == refused);
        }
    }
    house.set("").await;
    house
        .server
        .change_place(&house.town, |place| place.channel.archived = true);
    assert_eq!(house.join(bob, "tab").await, Err(Refused::Archived));
    house.video.configure(None);
    assert_eq!(house.join(bob, "tab").await, Err(Refused::Off));
}

#[tokio::test(start_paused = true)]
async fn a_filter_of_channels_leaves_direct_and_group_messages_alone() {
    let filter = r#","filterchannels":{"enabled":true,"allowedChannels":[]}"#;
    let house = House::new(filter).await;
    let bob = &house.bob;
    let direct = house.server.place("d", ChannelKind::Direct, &[bob]);
    let group = house.server.place("g", ChannelKind::Group, &[bob]);
    for (channel, allowed) in [(&house.town, false), (&direct, true), (&group, true)] {
        let joined = house.join_at(bob, "tab", channel, false).await;
        assert_eq!(joined.is_ok(), allowed, "{channel:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_pin_is_for_those_who_may_host() {
    let house = House::new(r#","videohosts":"admins""#).await;
    let hosts = async |who: &Person| {
        let joined = house.join(who, "tab").await.expect("a member");
        assert_eq!(joined.pin.is_some(), joined.host);
        joined.host
    };
    assert!(!hosts(&house.bob).await);
    let bob = house.bob.id.as_str();
    let member = |membership: Membership| {
        house.server.change_place(&house.town, |place| {
            place.members.insert(bob.to_owned(), membership);
        });
    };
    let (guest, admin) = (true, true);
    member(Membership {
        admin,
        guest: false,
    });
    assert!(hosts(&house.bob).await, "administers the channel");
    member(Membership::default());
    lock(&house.server.0.team_admins).insert(("team-id".into(), bob.into()));
    assert!(hosts(&house.bob).await, "administers the team");
    lock(&house.server.0.team_admins).clear();
    let root = house.server.change_person("bob", |bob| bob.admin = true);
    assert!(hosts(&root).await, "administers the system");
    // A guest never hosts, whatever else they are.
    house.set("").await;
    member(Membership { admin, guest });
    assert!(!hosts(&root).await, "a guest in the channel");
    member(Membership {
        admin,
        guest: false,
    });
    let as_guest = house.server.change_person("bob", |bob| bob.guest = true);
    assert!(!hosts(&as_guest).await, "a guest account");
}

#[tokio::test(start_paused = true)]
async fn direct_messages_have_no_admins_and_all_but_guests_host() {
    let house = House::new(r#","videohosts":"admins""#).await;
    let eve = house.server.change_person("eve", |eve| eve.guest = true);
    let direct = house
        .server
        .place("d", ChannelKind::Direct, &[&house.bob, &eve]);
    for (who, expected) in [(&house.bob, true), (&eve, false)] {
        let joined = house.join_at(who, "tab", &direct, false).await;
        assert_eq!(joined.expect("a member").host, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn an_address_holds_the_pin_only_where_that_is_wanted_and_for_hosts() {
    let house = House::new(r#","embedded":false"#).await;
    let window = async |who: &Person| {
        let joined = house.join(who, "tab").await.expect("a member");
        joined.window.expect("a window")
    };
    let plain = window(&house.bob).await;
    assert!(
        plain.starts_with("https://pexip.example.com/webapp3/m/matt-"),
        "{plain}"
    );
    assert!(plain.ends_with("/express?name=bob"), "{plain}");
    house.set(r#","embedded":false,"videopininurl":true"#).await;
    let with_pin = window(&house.bob).await;
    assert_eq!(with_pin, format!("{plain}&pin={PIN}"));
    let guest = house.server.change_person("bob", |bob| bob.guest = true);
    assert_eq!(window(&guest).await, plain);
    // And nothing that is logged holds it.
    let joined = house.join(&house.alice, "tab").await;
    assert!(!format!("{joined:?}").contains(PIN));
}

#[tokio::test(start_paused = true)]
async fn people_are_called_as_the_settings_say() {
    let house = House::new("").await;
    let names = Names {
        nickname: "Bobby".to_owned(),
        full: "Bob Baker".to_owned(),
        shown: "Bob B.".to_owned(),
    };
    lock(&house.server.0.names).insert(house.bob.id.as_str().to_owned(), names);
    for (wanted, bob, alice) in [
        ("username", "bob", "alice"),
        ("nickname", "Bobby", "alice"),
        ("firstAndLastName", "Bob Baker", "alice"),
        ("mattermost", "Bob B.", "alice"),
        ("", "Bob B.", "alice"),
    ] {
        house
            .set(&format!(r#","displaynametype":"{wanted}""#))
            .await;
        for (who, name) in [(&house.bob, bob), (&house.alice, alice)] {
            let joined = house.join(who, "tab").await.expect("a member");
            assert_eq!(joined.display_name, name);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_room_keeps_its_name_over_restarts_and_while_its_conference_goes_on() {
    let house = House::new("").await;
    let alias = async |house: &House| house.join(&house.bob, "tab").await.expect("in").alias;
    let secret = alias(&house).await;
    let people = [&house.alice, &house.bob, &house.eve].map(Person::clone);
    let again = House::over(house.server.clone(), people, house.town.clone(), "").await;
    assert_eq!(alias(&again).await, secret);
    let other = House::new("").await;
    assert_ne!(alias(&other).await, secret, "another installation");
    // Renamed during a conference it stays the same room, and afterwards is another one.
    house.set(r#","videorooms":"name""#).await;
    let id = house.enters(&house.bob, "tab").await;
    house
        .server
        .change_place(&house.town, |place| place.channel.name = "renamed".into());
    assert_eq!(alias(&house).await, "matt-town-square");
    house
        .video
        .beat(&id, &house.bob.id)
        .await
        .expect_err("the tab joined anew");
    house.video.leave_all();
    sleep(REOPENS_WITHIN + BEAT_LIMIT).await;
    assert_eq!(alias(&house).await, "matt-renamed");
}

#[tokio::test(start_paused = true)]
async fn what_is_not_known_lets_nobody_in_and_puts_nobody_out() {
    use crate::host::HostErrorKind::Transient;
    let house = House::new("").await;
    let id = house.enters(&house.bob, "tab").await;
    for method in ["channel", "membership"] {
        house.server.fail(method, Transient);
        let refused = house.join(&house.alice, "tab").await;
        assert!(matches!(refused, Err(Refused::Unknown(_))), "{method}");
        assert_eq!(house.video.beat(&id, &house.bob.id).await, Ok(()));
        house.server.mend();
    }
    assert_eq!(house.people(), "bob");
}

#[tokio::test(start_paused = true)]
async fn nobody_joins_without_end() {
    let house = House::new("").await;
    for _ in 0..MAX_JOINS {
        house.join(&house.bob, "tab").await.expect("let in");
    }
    let refused = house.join(&house.bob, "tab").await;
    assert!(matches!(refused, Err(Refused::TooMany(_))), "{refused:?}");
    house
        .join(&house.alice, "tab")
        .await
        .expect("somebody else");
    // What nobody entered by is forgotten by then, too.
    sleep(JOIN_WINDOW.max(BEAT_LIMIT)).await;
    settle().await;
    for tab in 0..MAX_OF_PERSON {
        house
            .join(&house.bob, &format!("tab{tab}"))
            .await
            .expect("let in");
    }
    assert_eq!(house.join(&house.bob, "one-more").await, Err(Refused::Full));
}

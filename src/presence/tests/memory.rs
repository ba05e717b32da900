use super::*;

/// What a person may take, in bytes: 100,000 people take 17 MB.
const A_PERSON: usize = 168;

#[test]
fn a_person_takes_little() {
    let people = 100_000;
    let mut table = table(people);
    let a_person = table.memory() / people;
    assert!(a_person <= A_PERSON, "{a_person} bytes");
    // Changes take nothing more.
    for n in 0..people {
        table.observe(&id(n), Status::Online);
        table.observe(&id(n), Status::Away);
    }
    assert!(table.memory() / people <= A_PERSON);
}

//! Where each client stands: whom to wake.

use std::task::Waker;

use super::hub::Seat;

/// Clients by place. A place is given again once its client left.
#[derive(Debug, Default)]
pub(super) struct Places {
    places: Vec<Place>,
    free: Vec<u32>,
    clients: usize,
    waiting: usize,
}

#[derive(Debug, Default)]
struct Place {
    /// The client's task, from its first wait to its end.
    task: Option<Waker>,
    /// Has everything, and waits for more.
    waiting: bool,
    /// Whether somebody is there.
    taken: bool,
    /// How many had left it before.
    turn: u32,
}

impl Places {
    /// A place for one more.
    pub(super) fn enter(&mut self) -> Seat {
        self.clients += 1;
        let place = self.free.pop().unwrap_or_else(|| {
            self.places.push(Place::default());
            // Far fewer places are given than a u32 counts.
            (self.places.len() - 1) as u32
        });
        let own = &mut self.places[place as usize];
        own.taken = true;
        let turn = own.turn;
        Seat { place, turn }
    }

    /// Whether the client that was given this seat is still there.
    pub(super) fn is_taken(&self, seat: Seat) -> bool {
        let place = self.places.get(seat.place as usize);
        place.is_some_and(|place| place.taken && place.turn == seat.turn)
    }

    /// The place is free. What woke its client is to be dropped by the caller, outside of all locks.
    pub(super) fn leave(&mut self, place: u32) -> Option<Waker> {
        let own = &mut self.places[place as usize];
        let turn = own.turn.wrapping_add(1);
        let next = Place {
            turn,
            ..Place::default()
        };
        let left = std::mem::replace(own, next);
        self.waiting -= usize::from(left.waiting);
        self.clients -= 1;
        self.free.push(place);
        left.task
    }

    /// How many clients there are.
    pub(super) const fn clients(&self) -> usize {
        self.clients
    }

    /// The client's task is known from now on, so that it can be woken. A task that is known already costs a comparison.
    pub(super) fn know(&mut self, place: u32, task: &Waker) {
        let known = &mut self.places[place as usize].task;
        if !known.as_ref().is_some_and(|known| known.will_wake(task)) {
            *known = Some(task.clone());
        }
    }

    /// Wakes the client when something changes.
    pub(super) fn wait(&mut self, place: u32, task: &Waker) {
        self.know(place, task);
        let place = &mut self.places[place as usize];
        self.waiting += usize::from(!place.waiting);
        place.waiting = true;
    }

    /// Wakes those who wait, once; the others look by themselves before they wait. Without any it costs nothing.
    pub(super) fn wake_waiting(&mut self) {
        if self.waiting == 0 {
            return;
        }
        self.waiting = 0;
        for place in &mut self.places {
            if std::mem::take(&mut place.waiting)
                && let Some(task) = &place.task
            {
                task.wake_by_ref();
            }
        }
    }

    /// Wakes one client, whatever it does.
    pub(super) fn wake(&self, place: u32) {
        if let Some(task) = &self.places[place as usize].task {
            task.wake_by_ref();
        }
    }

    /// Wakes everyone, whatever they do.
    pub(super) fn wake_all(&self) {
        let tasks = self.places.iter().filter_map(|place| place.task.as_ref());
        tasks.for_each(Waker::wake_by_ref);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    use super::*;

    #[derive(Default)]
    struct Woken(AtomicUsize);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn task() -> (Arc<Woken>, Waker) {
        let woken = Arc::new(Woken::default());
        (Arc::clone(&woken), Waker::from(woken))
    }

    fn times(woken: &Woken) -> usize {
        woken.0.load(Ordering::Relaxed)
    }

    #[test]
    fn who_waits_is_woken_once_for_many_changes() {
        let mut places = Places::default();
        let ((first, first_task), (second, second_task)) = (task(), task());
        let (a, b) = (places.enter().place, places.enter().place);
        places.know(b, &second_task);
        places.wait(a, &first_task);
        places.wait(a, &first_task);
        places.wake_waiting();
        places.wake_waiting();
        assert_eq!((times(&first), times(&second)), (1, 0));
        places.wait(a, &first_task);
        places.wake_waiting();
        places.wake_all();
        assert_eq!((times(&first), times(&second)), (3, 1));
    }

    #[test]
    fn who_left_is_forgotten_and_the_place_given_again() {
        let mut places = Places::default();
        let (woken, waker) = task();
        let seat = places.enter();
        places.wait(seat.place, &waker);
        assert!(places.is_taken(seat));
        assert!(places.leave(seat.place).is_some());
        assert!(!places.is_taken(seat));
        assert_eq!((places.clients(), places.waiting), (0, 0));
        let next = places.enter();
        assert_eq!(next.place, seat.place);
        assert!(places.is_taken(next) && !places.is_taken(seat));
        places.wake_waiting();
        places.wake_all();
        assert_eq!(times(&woken), 0);
        drop(waker);
        assert_eq!(Arc::strong_count(&woken), 1);
    }
}

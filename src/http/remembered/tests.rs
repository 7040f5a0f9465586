use super::*;
use std::cell::Cell;

#[test]
fn a_question_is_counted_once_for_each_size_of_the_ledger() {
    let (remembered, counted) = (Remembered::<u32, u32>::new(2), Cell::new(0));
    let ask = |size, question| {
        let answer = remembered.of(size, question, |asked| {
            counted.set(counted.get() + 1);
            Ok(asked * 10)
        });
        (*answer.unwrap(), counted.get())
    };
    assert_eq!(ask(1, 7), (70, 1));
    assert_eq!(ask(1, 7), (70, 1));
    assert_eq!(ask(1, 8), (80, 2));
    assert_eq!(ask(1, 7), (70, 2));
    // A third takes the place of the one that was asked for longest ago.
    assert_eq!(ask(1, 9), (90, 3));
    assert_eq!(ask(1, 7), (70, 3));
    assert_eq!(ask(1, 8), (80, 4));
    assert_eq!(ask(2, 8), (80, 5), "something was recorded");
    assert!(remembered.of(3, 1, |_| Err(Error::unavailable("no"))).is_err());
    assert_eq!(ask(3, 1), (10, 6), "a failure is no answer");
}

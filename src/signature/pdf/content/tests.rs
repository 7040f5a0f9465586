use super::*;

fn read(content: &str) -> Result<Vec<(String, usize)>, Stopped> {
    let mut found = Vec::new();
    operators(content.as_bytes(), &mut |word, operands| {
        found.push((String::from_utf8_lossy(word).into_owned(), operands.len()));
        (word != b"stop").then_some(())
    })?;
    Ok(found)
}

#[test]
fn operators_come_with_their_operands() {
    let words =
        |content: &str| read(content).map(|found| found.into_iter().map(|(word, count)| format!("{word}{count}")));
    let joined = |content: &str| words(content).map(|words| words.collect::<Vec<_>>().join(" "));
    assert_eq!(joined("q 1 0 0 1 5 5 cm% x\n/F 1 Tf[(a)-2<62>]TJ(c)' Q"), Ok("q0 cm6 Tf2 TJ1 '1 Q0".into()));
    assert_eq!(joined("/OC null true BDC f*"), Ok("BDC3 f*0".into()));
    assert_eq!(joined("BI /W 1 ID xEI (\nEI Q"), Ok("BI0 ID2 EI0 Q0".into()));
    assert_eq!(joined("BI ID xEI"), Err(Stopped::Unreadable));
    assert_eq!(joined("q (open"), Err(Stopped::Unreadable));
    assert_eq!(joined("stop Q"), Err(Stopped::Here));
    assert_eq!(joined(&format!("{}Q", "1 ".repeat(OPERANDS_MAX + 1))), Err(Stopped::Here));
}

#[test]
fn transformations_follow_one_another() {
    let (moved, doubled) = ([1.0, 0.0, 0.0, 1.0, 5.0, 7.0], [2.0, 0.0, 0.0, 2.0, 0.0, 0.0]);
    assert_eq!(product(moved, doubled), [2.0, 0.0, 0.0, 2.0, 10.0, 14.0]);
    assert_eq!(product(doubled, moved), [2.0, 0.0, 0.0, 2.0, 5.0, 7.0]);
    assert_eq!(product(IDENTITY, moved), moved);
}

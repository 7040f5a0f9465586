use super::*;

#[test]
fn ranges_are_read_as_the_standard_says() {
    let check = |range: &str, expect| {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, range.parse().unwrap());
        assert_eq!(wanted(&headers, "\"tag\"", 10), expect, "{range}");
    };
    check("bytes=0-0", Wanted::Part(0..1));
    check("bytes=2-4", Wanted::Part(2..5));
    check("bytes=2-", Wanted::Part(2..10));
    check("bytes=-3", Wanted::Part(7..10));
    check("bytes=-30", Wanted::Part(0..10));
    check("bytes=8-30", Wanted::Part(8..10));
    check("bytes=8-18446744073709551615", Wanted::Part(8..10));
    check("bytes=10-", Wanted::Nothing);
    check("bytes=10-11", Wanted::Nothing);
    check("bytes=-0", Wanted::Nothing);
    check("bytes=4-2", Wanted::Whole);
    check("bytes=0-1,4-5", Wanted::Whole);
    check("lines=0-1", Wanted::Whole);
    check("bytes=x-1", Wanted::Whole);
    check("bytes=-", Wanted::Whole);
}

#[test]
fn a_range_of_another_version_is_the_whole() {
    let mut headers = HeaderMap::new();
    headers.insert(header::RANGE, "bytes=0-1".parse().unwrap());
    headers.insert(header::IF_RANGE, "\"tag\"".parse().unwrap());
    assert_eq!(wanted(&headers, "\"tag\"", 10), Wanted::Part(0..2));
    assert_eq!(wanted(&headers, "\"other\"", 10), Wanted::Whole);
}

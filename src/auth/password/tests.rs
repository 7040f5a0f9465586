use super::*;

#[test]
fn what_is_acceptable() {
    let check = |password: &str, expect| assert_eq!(check(password, "lan.nguyen"), expect, "{password}");
    check("mưa rào cuối hạ", Ok(()));
    check("mưa rào hạ", Err(Unacceptable::Short));
    check("thuyền về có nhớ bến chăng", Ok(()));
    check(&"thuyền ".repeat(40), Err(Unacceptable::Long));
    check("aaaaaaaaaaaaaaaaaa", Err(Unacceptable::Guessable));
    check("abcabcabcabcabcabc", Err(Unacceptable::Guessable));
    check("123456789012345678", Err(Unacceptable::Guessable));
    check("nmlkjihgfedcba987", Ok(())); // two runs, which nobody would call a run
    check("zyxwvutsrqponmlkj", Err(Unacceptable::Guessable));
    check("Mật Khẩu Mật Khẩu", Err(Unacceptable::Guessable));
    check("lan.nguyen-2026-11-22", Err(Unacceptable::Guessable));
    check("Châu Bản lưu trữ 2026", Err(Unacceptable::Guessable));
    check("correct horse battery staple", Err(Unacceptable::Guessable));
    check("All that glitters", Err(Unacceptable::Guessable)); // found in a breach, without the spaces
}

#[test]
fn a_hash_knows_its_password_in_either_normal_form() {
    let kept = hash("mưa rào cuối hạ", [7; 16]);
    assert!(kept.starts_with("$argon2id$v=19$m=32768,t=3,p=1$"));
    assert!(matches("mưa rào cuối hạ", &kept));
    let decomposed: String = unicode_normalization::UnicodeNormalization::nfd("mưa rào cuối hạ").collect();
    assert!(matches(&decomposed, &kept));
    assert!(!matches("mưa rào cuối hạ ", &kept));
    assert!(!matches("", &kept));
}

#[test]
fn what_is_no_hash_matches_nothing() {
    for kept in ["", "$argon2id$v=19$m=32768,t=3,p=1$$", "$argon2id$v=19$m=4294967295,t=3,p=1$AAAA$AAAA", "plain"] {
        assert!(!matches("", kept), "{kept}");
    }
}

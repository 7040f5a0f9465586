use super::*;

fn grants(role: Role, reach: Reach) -> Grants {
    Grants { roles: [role].into(), reach, only: None }
}

#[test]
fn nobody_does_nothing_but_what_is_public() {
    for action in Action::ALL {
        let public = matches!(action, Action::ReadPublic | Action::SignIn | Action::ReadByPass);
        let expect = if public { Decision::Allowed } else { Decision::SignInFirst };
        assert_eq!(decide(None, *action, Object::Any), expect, "{action:?}");
    }
}

#[test]
fn an_account_without_a_role_keeps_itself_and_nothing_else() {
    let none = Grants { roles: BTreeSet::new(), reach: Reach::Everything, only: None };
    for action in Action::ALL {
        let own =
            matches!(action, Action::ReadPublic | Action::SignIn | Action::KeepOwnAccount | Action::KeepOwnFactors)
                || *action == Action::ReadByPass;
        assert_eq!(decide(Some(&none), *action, Object::Any) == Decision::Allowed, own, "{action:?}");
    }
}

#[test]
fn administrators_read_no_content() {
    let administrator = grants(Role::Administrator, Reach::Everything);
    for action in [Action::Search, Action::ReadDescription, Action::ReadContent, Action::ReadHistory] {
        assert_eq!(decide(Some(&administrator), action, Object::Any), Decision::NotTheirRole, "{action:?}");
    }
}

#[test]
fn reach_ends_at_whole_groups_of_a_code() {
    let own = Reach::Agencies(vec!["H26.10".parse().unwrap()]);
    let check = |agency: &str, expect: bool| assert_eq!(own.covers(agency), expect, "{agency}");
    check("H26.10", true);
    check("H26.10.05", true);
    check("H26.100", false);
    check("H26.1", false);
    check("H26", false);
    check("", false);
    assert!(Reach::Everything.covers("H26"));
    assert!(!Reach::Nothing.covers("H26"));
}

#[test]
fn another_agency_s_records_are_out_of_reach() {
    let officer = grants(Role::TransferringOfficer, Reach::Agencies(vec!["H26.10".parse().unwrap()]));
    let check = |object, expect| assert_eq!(decide(Some(&officer), Action::ReadContent, object), expect, "{object:?}");
    check(Object::Content { agency: "H26.10", access: Access::Open }, Decision::Allowed);
    check(Object::Content { agency: "H26.10", access: Access::Conditional }, Decision::Allowed);
    check(Object::Content { agency: "H26.10", access: Access::Closed }, Decision::Closed);
    check(Object::Content { agency: "H26.33", access: Access::Open }, Decision::OutOfReach);
    check(Object::Described { agency: "H26.33" }, Decision::OutOfReach);
}

#[test]
fn what_is_not_open_is_given_out_by_who_decides() {
    let may = |role, reach, action| {
        let object = Object::Content { agency: "H26.10", access: Access::Closed };
        decide(Some(&grants(role, reach)), action, object)
    };
    let own = || Reach::Agencies(vec!["H26.10".parse().unwrap()]);
    let other = Reach::Agencies(vec!["H26.33".parse().unwrap()]);
    assert_eq!(may(Role::DecidingAuthority, own(), Action::ApproveClosedRequests), Decision::Allowed);
    assert_eq!(may(Role::DecidingAuthority, other, Action::ApproveClosedRequests), Decision::OutOfReach);
    assert_eq!(may(Role::Archivist, own(), Action::ApproveClosedRequests), Decision::NotTheirRole);
    assert_eq!(may(Role::Archivist, own(), Action::HandleRequests), Decision::Allowed);
    assert_eq!(may(Role::Inspector, own(), Action::HandleRequests), Decision::NotTheirRole);
}

#[test]
fn a_closed_record_opens_for_the_role_that_may_read_it_not_for_another_of_the_same_person() {
    let both = Grants { roles: [Role::Administrator, Role::Inspector].into(), reach: Reach::Everything, only: None };
    let closed = Object::Content { agency: "H26", access: Access::Closed };
    assert_eq!(decide(Some(&both), Action::ReadContent, closed), Decision::Closed);
    let archivist = grants(Role::Archivist, Reach::Everything);
    assert_eq!(decide(Some(&archivist), Action::ReadContent, closed), Decision::Allowed);
}

#[test]
fn cases_and_holds_are_of_the_whole_archive() {
    let partly = grants(Role::Archivist, Reach::Agencies(vec!["H26.10".parse().unwrap()]));
    let whole = grants(Role::Archivist, Reach::Everything);
    for action in [Action::ReadDisposal, Action::ActInDisposal, Action::HandleDisposal, Action::KeepHolds] {
        assert_eq!(decide(Some(&partly), action, Object::Any), Decision::NotTheirRole, "{action:?}");
        assert_eq!(decide(Some(&whole), action, Object::Any), Decision::Allowed, "{action:?}");
    }
}

#[test]
fn a_token_is_for_less_than_its_account_and_never_for_more() {
    let only = |actions: &[Action]| Grants {
        roles: [Role::Archivist].into(),
        reach: Reach::Everything,
        only: Some(actions.iter().copied().collect()),
    };
    let decided = |grants: &Grants, action| decide(Some(grants), action, Object::Any);
    assert_eq!(decided(&only(&[Action::Search]), Action::Search), Decision::Allowed);
    assert_eq!(decided(&only(&[Action::Search]), Action::ReadContent), Decision::NotTheirToken);
    assert_eq!(decided(&only(&[Action::ReadAccounts]), Action::ReadAccounts), Decision::NotTheirRole);
    assert_eq!(decided(&only(&[]), Action::KeepOwnAccount), Decision::NotTheirToken);
}

//! Certificate policies along a path (RFC 5280 §6.1, as RFC 9618 amends it).
//!
//! The valid policies are a graph by depth, not a tree: policy mappings make a tree grow exponentially, the graph at
//! most linearly in what the certificates say.

use std::collections::{BTreeMap, BTreeSet};

use super::Settings;
use crate::signature::der::Slice;
use crate::signature::oid;
use crate::signature::x509::Certificate;

/// State of policy processing while going down a path.
#[derive(Debug)]
pub struct Policies {
    /// By depth; empty once no policy is valid.
    levels: Vec<BTreeMap<Slice, Node>>,
    explicit: usize,
    mapping: usize,
    any: usize,
    wanted: BTreeSet<Slice>,
}

#[derive(Debug)]
struct Node {
    /// Policies that satisfy this one in the next certificate.
    expected: BTreeSet<Slice>,
    /// Policies one level above that it follows from.
    parents: BTreeSet<Slice>,
}

impl Policies {
    /// The state above a path of `length` certificates.
    pub fn new(settings: &Settings, length: usize) -> Self {
        let any = Slice::from(oid::ANY_POLICY);
        let root = Node { expected: BTreeSet::from([any.clone()]), parents: BTreeSet::new() };
        let after = |inhibited: bool| if inhibited { 0 } else { length + 1 };
        let wanted = settings.initial_policies.iter().filter(|policy| ***policy != *oid::ANY_POLICY).cloned();
        let is_any = settings.initial_policies.contains(&any);
        Self {
            levels: vec![BTreeMap::from([(any, root)])],
            explicit: after(settings.explicit_policy),
            mapping: after(settings.inhibit_mapping),
            any: after(settings.inhibit_any),
            wanted: if is_any { BTreeSet::new() } else { wanted.collect() },
        }
    }

    /// Takes in the policies of the next certificate (§6.1.3 (d) to (f)). `Err` when one is required and none is left.
    pub fn descend(&mut self, certificate: &Certificate, is_last: bool) -> Result<(), &'static str> {
        let any_counts = self.any > 0 || (!is_last && certificate.is_self_issued());
        match &certificate.extensions().policies {
            Some(policies) => self.add_level(policies, any_counts),
            None => self.levels.clear(),
        }
        if self.explicit == 0 && self.levels.is_empty() {
            Err("no policy is left where one is required")
        } else {
            Ok(())
        }
    }

    /// Prepares for the certificate below one that is not the last (§6.1.4 (a), (b), (h) to (j)).
    pub fn prepare(&mut self, certificate: &Certificate) -> Result<(), &'static str> {
        let extensions = certificate.extensions();
        let any = |policy: &Slice| **policy == *oid::ANY_POLICY;
        if extensions.policy_mappings.iter().any(|(from, to)| any(from) || any(to)) {
            return Err("anyPolicy is mapped");
        }
        let mut mappings: BTreeMap<&Slice, BTreeSet<Slice>> = BTreeMap::new();
        for (from, to) in &extensions.policy_mappings {
            mappings.entry(from).or_default().insert(to.clone());
        }
        self.map(mappings);
        if !certificate.is_self_issued() {
            for counter in [&mut self.explicit, &mut self.mapping, &mut self.any] {
                *counter = counter.saturating_sub(1);
            }
        }
        if let Some(constraints) = extensions.policy_constraints {
            lower(&mut self.explicit, constraints.require_explicit);
            lower(&mut self.mapping, constraints.inhibit_mapping);
        }
        lower(&mut self.any, extensions.inhibit_any_policy);
        Ok(())
    }

    /// After the last certificate (§6.1.5 (a), (b), (g)): the policies, out of those wanted, that it is valid under.
    pub fn finish(mut self, last: &Certificate) -> Result<Vec<Slice>, &'static str> {
        self.explicit = self.explicit.saturating_sub(1);
        let constraints = last.extensions().policy_constraints;
        if constraints.and_then(|constraints| constraints.require_explicit) == Some(0) {
            self.explicit = 0;
        }
        let policies = self.valid();
        if self.explicit == 0 && policies.is_empty() {
            return Err("valid under none of the policies asked for");
        }
        Ok(policies)
    }

    fn add_level(&mut self, policies: &[Slice], any_counts: bool) {
        let Some(above) = self.levels.last() else { return };
        let any = Slice::from(oid::ANY_POLICY);
        let mut following: BTreeMap<&Slice, BTreeSet<Slice>> = BTreeMap::new();
        for (policy, node) in above {
            for expected in &node.expected {
                following.entry(expected).or_default().insert(policy.clone());
            }
        }
        let node = |policy: &Slice, parents: BTreeSet<Slice>| {
            (policy.clone(), Node { expected: BTreeSet::from([policy.clone()]), parents })
        };
        let mut level = BTreeMap::new();
        for policy in policies.iter().filter(|policy| **policy != any) {
            let parents = following.get(policy).or_else(|| following.get(&any));
            level.extend(parents.map(|parents| node(policy, parents.clone())));
        }
        if any_counts && policies.contains(&any) {
            for (policy, parents) in &following {
                if !level.contains_key(*policy) {
                    level.extend([node(policy, parents.clone())]);
                }
            }
        }
        if level.is_empty() { self.levels.clear() } else { self.levels.push(level) }
    }

    fn map(&mut self, mappings: BTreeMap<&Slice, BTreeSet<Slice>>) {
        let any = Slice::from(oid::ANY_POLICY);
        let Some(level) = self.levels.last_mut() else { return };
        let has_any = level.contains_key(&any);
        for (from, to) in mappings {
            if self.mapping == 0 {
                level.remove(from);
            } else if let Some(node) = level.get_mut(from) {
                node.expected = to;
            } else if has_any {
                level.insert(from.clone(), Node { expected: to, parents: BTreeSet::from([any.clone()]) });
            }
        }
        if level.is_empty() {
            self.levels.clear();
        }
    }

    /// Policies as the first authorities named them that still lead to the last level, out of those wanted.
    fn valid(&self) -> Vec<Slice> {
        let any = Slice::from(oid::ANY_POLICY);
        let Some(last) = self.levels.last() else { return Vec::new() };
        let mut alive: BTreeSet<Slice> = last.keys().cloned().collect();
        let mut valid = BTreeSet::new();
        let any_is_valid = alive.contains(&any);
        for level in self.levels.iter().rev() {
            let nodes = level.iter().filter(|(policy, _)| alive.contains(*policy));
            let mut above = BTreeSet::new();
            for (policy, node) in nodes {
                if node.parents.contains(&any) && *policy != any {
                    valid.insert(policy.clone());
                }
                above.extend(node.parents.iter().cloned());
            }
            alive = above;
        }
        match (self.wanted.is_empty(), any_is_valid) {
            (true, true) => valid.into_iter().chain([any]).collect(),
            (true, false) => valid.into_iter().collect(),
            (false, true) => self.wanted.iter().cloned().collect(),
            (false, false) => valid.intersection(&self.wanted).cloned().collect(),
        }
    }
}

fn lower(counter: &mut usize, limit: Option<u32>) {
    if let Some(limit) = limit {
        *counter = (*counter).min(limit as usize);
    }
}

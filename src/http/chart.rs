//! Charts as drawings of bars: numbers in, places out; the numbers themselves are always in the table beside.

/// A bar of a chart, and a row of the table beside it.
pub struct Bar {
    /// What it is about.
    pub label: String,
    /// Its number, as people write it.
    pub value: String,
    /// Where the label leads; empty: nowhere.
    pub href: String,
    /// Left edge, top edge, width and height, of a drawing 100 wide and 40 high.
    pub at: (String, String, String, String),
}

/// Something that gets a bar.
pub struct Value {
    /// What it is about.
    pub label: String,
    /// Its number, as people write it.
    pub shown: String,
    /// Its number.
    pub weight: f64,
    /// Where the label leads; empty: nowhere.
    pub href: String,
}

/// The bars, side by side, the highest as high as the drawing.
pub fn bars(values: Vec<Value>) -> Vec<Bar> {
    let most = values.iter().map(|one| one.weight).fold(0.0, f64::max);
    let step = 100.0 / values.len().max(1) as f64;
    let number = |value: f64| format!("{value:.2}");
    let bar = |(at, Value { label, shown, weight, href }): (usize, Value)| {
        // What is there is seen, however small; what is not has no bar.
        let height = if weight > 0.0 { (weight / most * 40.0).max(0.5) } else { 0.0 };
        let left = at as f64 * step + step * 0.15;
        Bar { label, value: shown, href, at: (number(left), number(40.0 - height), number(step * 0.7), number(height)) }
    };
    values.into_iter().enumerate().map(bar).collect()
}

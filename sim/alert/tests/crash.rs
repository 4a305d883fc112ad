//! The crash campaign in short: a kill at every step, and some at random.

#[path = "../examples/crash_campaign/campaign.rs"]
mod campaign;

use campaign::{Campaign, STEPS};

/// Not a test: what the campaign starts and kills.
#[test]
fn child() {
    campaign::run_as_child();
}

#[test]
fn whatever_was_acknowledged_survives_its_process() {
    let child = ["child", "--exact", "--nocapture", "--test-threads=1"];
    let campaign = Campaign {
        n_kills: 12,
        child: child.map(ToOwned::to_owned).to_vec(),
    };
    let figures = campaign.run().expect("runs");
    assert_eq!(figures.kills, 12);
    assert_eq!(figures.at_steps as usize, 2 * STEPS.len());
    // How many there are depends on the machine; so many come before the steps that are counted.
    assert!(figures.acknowledged >= 8, "{}", figures.table());
    assert_eq!(
        (figures.lost, figures.doubled, figures.findings),
        (0, 0, 0),
        "{}",
        figures.table()
    );
    assert!(
        figures.swept > 0 && figures.redelivered > 0,
        "{}",
        figures.table()
    );
    assert!(figures.json().contains("sent again under the same key"));
}

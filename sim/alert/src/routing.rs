//! Who is told.
//!
//! An alert goes to the person on duty in the grid that holds its place. The chain behind:
//!
//! 1. the grid's person on duty;
//! 2. the grid's deputy;
//! 3. the command centre of the grid's county (and from there, in the centre's cascade, city and
//!    province).
//!
//! A place outside every grid goes to the nearest one: somebody must be told. An event without a
//! place (camera not calibrated) goes to the grid nearest to the camera's mast.

use base::WorldPoint;
use base::site::Installation;

/// Where an alert goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route<'a> {
    /// Grid id.
    pub grid: &'a str,
    /// The person on duty.
    pub person: &'a str,
    /// Who stands in.
    pub deputy: &'a str,
    /// Whose command centre comes next.
    pub county: &'a str,
}

/// The route for a place, else for the camera's own; `None` when the site has no grids.
pub fn route(
    installation: &Installation,
    place: Option<WorldPoint>,
    mast: WorldPoint,
) -> Option<Route<'_>> {
    let grid = installation.grid_at(place.unwrap_or(mast))?;
    Some(Route {
        grid: &grid.id,
        person: &grid.person,
        deputy: &grid.deputy,
        county: &grid.county,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::installation;

    #[test]
    fn a_place_goes_to_its_grid_and_one_outside_to_the_nearest() {
        let site = installation();
        let mast = WorldPoint::new(0.0, 0.0, 30.0);
        let grid = |p| route(&site, p, mast).map(|r| (r.grid, r.person));
        assert_eq!(
            grid(Some(WorldPoint::new(-50.0, 200.0, 0.0))),
            Some(("g-1", "Chen"))
        );
        assert_eq!(
            grid(Some(WorldPoint::new(50.0, 200.0, 0.0))),
            Some(("g-2", "Liu"))
        );
        assert_eq!(
            grid(Some(WorldPoint::new(5000.0, 0.0, 0.0))),
            Some(("g-2", "Liu"))
        );
        assert!(grid(None).is_some());
        let bare = Installation {
            grids: Vec::new(),
            ..site.clone()
        };
        assert_eq!(route(&bare, None, mast), None);
    }
}

//! The sections of a site file.

use super::camera::{
    BEAM, BEARING, CODEC, DISTORTION, DOWN, FOCAL_LENGTH, FPS, LASER, LOSS, MODE, NOISE, PART,
    PIXEL_PITCH, PIXELS, PresetFile, SETTLE, SLEW, SWAY, SWAY_PERIOD,
};
use super::numbers::{Number, Numbers};
use super::read::{Many, Maybe, Nested, Or, Required, section};
use super::rules::{Flag, Name, Point, Points, SeedValue, Text, Word};
use super::tree::At;
use crate::model::{BankSurface, BuildingKind, PlaceKind};
use crate::units::{ANGLE, COLOUR, DENSITY, FLUX, LENGTH, PLAIN, Quantity, SPEED, WARMER};
use base::site::{CameraMode, ZoneKind};

static LATITUDE: Quantity = Quantity::new(&ANGLE, -80.0, 80.0);
static LONGITUDE: Quantity = Quantity::new(&ANGLE, -180.0, 180.0);
static HEIGHT: Quantity = Quantity::new(&LENGTH, -500.0, 6000.0);
static MAST_HEIGHT: Quantity = Quantity::new(&LENGTH, 3.0, 200.0);
static LEVEL: Quantity = Quantity::new(&LENGTH, -50.0, 50.0);
static FLOW: Quantity = Quantity::new(&SPEED, 0.0, 5.0);
static HILLS: Quantity = Quantity::new(&LENGTH, 0.0, 1500.0);
static HILLS_FROM: Quantity = Quantity::new(&LENGTH, 20.0, 10_000.0);
static SLOPE: Quantity = Quantity::new(&PLAIN, 0.01, 3.0);
static BANK_HEIGHT: Quantity = Quantity::new(&LENGTH, 0.2, 40.0);
static TREES: Quantity = Quantity::new(&DENSITY, 0.0, 1500.0);
static WALLS: Quantity = Quantity::new(&LENGTH, 0.2, 400.0);
static ALONG: Quantity = Quantity::new(&LENGTH, 0.0, 20_000.0);
static LAMP_HEIGHT: Quantity = Quantity::new(&LENGTH, 0.2, 60.0);
/// From a lantern to a floodlight.
static LUMENS: Quantity = Quantity::new(&FLUX, 10.0, 500_000.0);
static KELVIN: Quantity = Quantity::new(&COLOUR, 1000.0, 20_000.0);
static DIAMETER: Quantity = Quantity::new(&LENGTH, 0.05, 6.0);
/// From spring water in summer to cooling water.
static EFFLUENT: Quantity = Quantity::new(&WARMER, -10.0, 30.0);
static MARGIN: Quantity = Quantity::new(&LENGTH, 0.0, 2000.0);

const SURFACE: Word<BankSurface> = Word {
    what: "bank surface",
    options: || {
        vec![
            ("mud", BankSurface::Mud),
            ("sand", BankSurface::Sand),
            ("gravel", BankSurface::Gravel),
            ("grass", BankSurface::Grass),
            ("rock", BankSurface::Rock),
            ("concrete", BankSurface::Concrete),
        ]
    },
};
const BUILDING: Word<BuildingKind> = Word {
    what: "building kind",
    options: || {
        vec![
            ("house", BuildingKind::House),
            ("flat_roof", BuildingKind::FlatRoof),
            ("shed", BuildingKind::Shed),
            ("jetty", BuildingKind::Jetty),
            ("hall", BuildingKind::Hall),
            ("chimney", BuildingKind::Chimney),
            ("tank", BuildingKind::Tank),
            ("pylon", BuildingKind::Pylon),
            ("bridge", BuildingKind::Bridge),
            ("barrage", BuildingKind::Barrage),
            ("wall", BuildingKind::Wall),
        ]
    },
};
const PLACE: Word<PlaceKind> = Word {
    what: "place kind",
    options: || {
        vec![
            ("water", PlaceKind::Water),
            ("left_bank", PlaceKind::LeftBank),
            ("right_bank", PlaceKind::RightBank),
        ]
    },
};
const ZONE: Word<ZoneKind> = Word {
    what: "zone kind",
    options: || ZoneKind::ALL.into_iter().map(|z| (z.id(), z)).collect(),
};

section! {
    /// A site: the reach, the land, the mast with its cameras, zones, grids and permits. Positions
    /// in plan are `[east, north]`, plain numbers in metres from the anchor.
    SiteFile {
        /// What and where it is.
        "site" site: SiteHead = Nested::NEW;
        /// The mast.
        "mast" mast: MastFile = Nested::NEW;
        /// The river.
        "reach" reach: ReachFile = Nested::NEW;
        /// Streams that join the river.
        "tributary" tributaries: Vec<TributaryFile> = Many::NEW;
        /// Islands, sand banks and spits.
        "island" islands: Vec<IslandFile> = Many::NEW;
        /// The land.
        "land" land: LandFile = Nested::NEW;
        /// The cameras on the mast.
        "camera" cameras: Vec<CameraFile> = Many::NEW;
        /// Houses, works and what else people built.
        "building" buildings: Vec<BuildingFile> = Many::NEW;
        /// Roads.
        "road" roads: Vec<RoadFile> = Many::NEW;
        /// Fields under crops.
        "field" fields: Vec<FieldFile> = Many::NEW;
        /// Named places for actors.
        "place" places: Vec<PlaceFile> = Many::NEW;
        /// Areas with rules.
        "zone" zones: Vec<ZoneFile> = Many::NEW;
        /// Areas with a responsible person.
        "grid" grids: Vec<GridFile> = Many::NEW;
        /// Licensed vessels and machines.
        "permit" permits: Vec<PermitFile> = Many::NEW;
        /// Lamps that burn at night.
        "lamp" lamps: Vec<LampFile> = Many::NEW;
        /// Pipes and vents that something comes out of.
        "outlet" outlets: Vec<OutletFile> = Many::NEW;
    }
}

section! {
    /// What and where a site is.
    SiteHead {
        /// Name for people.
        "title" title: At<String> = Required(Text);
        /// Seed of its terrain and plants: the same in every scene.
        "seed" seed: At<u64> = Or(SeedValue, "1");
        /// Latitude of the anchor, north positive, WGS 84.
        "lat" lat: At<f64> = Required(Number(&LATITUDE));
        /// Longitude of the anchor, east positive, WGS 84.
        "lon" lon: At<f64> = Required(Number(&LONGITUDE));
        /// Height of the datum above the ellipsoid.
        "height" height: At<f64> = Or(Number(&HEIGHT), "\"100m\"");
        /// Light of towns on the night sky, from 0 (none) to 1 (a city beside the river).
        "glow" glow: At<f64> = Or(Number(&PART), "0");
    }
}

section! {
    /// The mast.
    MastFile {
        /// Where it stands; on land.
        "at" at: At<[f64; 2]> = Required(Point);
        /// Height of the cameras above the ground there.
        "height" height: At<f64> = Or(Number(&MAST_HEIGHT), "\"40m\"");
    }
}

section! {
    /// A camera on the mast.
    CameraFile {
        /// Its id within the site.
        "id" id: At<String> = Required(Name);
        /// How it sees.
        "mode" mode: At<CameraMode> = Or(MODE, "\"visible\"");
        /// Frames per second.
        "fps" fps: At<f64> = Or(Number(&FPS), "5");
        /// Where it looks, clockwise from north, while it has no patrol.
        "heading" heading: At<f64> = Required(Number(&BEARING));
        /// How far below the horizon it looks.
        "pitch" pitch: At<f64> = Or(Number(&DOWN), "\"10deg\"");
        /// Focal length.
        "focal" focal: Option<At<f64>> = Maybe(Number(&FOCAL_LENGTH), "20mm; 25mm of a `thermal` camera");
        /// Distance between pixels on the sensor.
        "pixel" pixel: Option<At<f64>> = Maybe(Number(&PIXEL_PITCH), "5.6um; 12um of a `thermal` camera");
        /// Picture width in pixels.
        "width" width: Option<At<f64>> = Maybe(Number(&PIXELS), "1280; 640 of a `thermal` camera");
        /// Picture height in pixels.
        "height" height: Option<At<f64>> = Maybe(Number(&PIXELS), "720; 512 of a `thermal` camera");
        /// A visible camera looks through a near-infrared filter in daylight: it sees further in
        /// haze and no further in fog.
        "defog" defog: At<bool> = Or(Flag, "false");
        /// Optical power of the laser light of a `nir` camera, by night; `"0W"`: none.
        "laser" laser: At<f64> = Or(Number(&LASER), "\"12W\"");
        /// Full angle of the laser's spot; `"0deg"`: it follows the lens.
        "laser_beam" laser_beam: At<f64> = Or(Number(&BEAM), "\"0deg\"");
        /// Noise-equivalent temperature difference of a `thermal` camera at f/1.0 and 300 K.
        "netd" netd: At<f64> = Or(Number(&NOISE), "\"40mK\"");
        /// Amplitude of the mast's sway in 10 m/s of wind that the stabiliser leaves.
        "sway" sway: At<f64> = Or(Number(&SWAY), "\"0mrad\"");
        /// Period of the sway.
        "sway_period" sway_period: At<f64> = Or(Number(&SWAY_PERIOD), "\"3s\"");
        /// Date, time and camera name are drawn into the picture.
        "overlay" overlay: At<bool> = Or(Flag, "false");
        /// Dirt and drops on the dome, from 0 (clean) to 1.
        "dirt" dirt: At<f64> = Or(Number(&PART), "0");
        /// Quantisation of the video codec, from 0 (none) to 51, as H.264's QP.
        "codec" codec: At<f64> = Or(Number(&CODEC), "0");
        /// Radial distortion of the lens (Brown and Conrady), with the focal length as unit:
        /// negative for barrels. The calibration knows it.
        "k1" k1: At<f64> = Or(Number(&DISTORTION), "0");
        /// Its second coefficient.
        "k2" k2: At<f64> = Or(Number(&DISTORTION), "0");
        /// Part of the coded picture's slices that the link loses, each burst of them until the
        /// next key frame.
        "link_loss" link_loss: At<f64> = Or(Number(&LOSS), "0");
        /// How fast it turns from preset to preset.
        "slew" slew: At<f64> = Or(Number(&SLEW), "\"30deg/s\"");
        /// How long its picture shakes and hunts for focus after it has turned.
        "settle" settle: At<f64> = Or(Number(&SETTLE), "\"1s\"");
        /// Views that it can be turned to; two or more are toured.
        "preset" presets: Vec<PresetFile> = Many::NEW;
    }
}

section! {
    /// The river.
    ReachFile {
        /// Centre line, upstream to downstream: points `[east, north, width]`, the width between
        /// the water's edges.
        "centre_line" centre_line: At<Vec<At<[f64; 3]>>> = Required(Points::<3> { least: 2 });
        /// Water surface above the datum.
        "water_level" water_level: At<f64> = Or(Number(&LEVEL), "\"0m\"");
        /// Surface speed in mid-channel.
        "flow" flow: At<f64> = Or(Number(&FLOW), "\"0.5m/s\"");
        /// From 0 (clear green) to 1 (brown after rain).
        "turbidity" turbidity: At<f64> = Or(Number(&PART), "0.4");
    }
}

section! {
    /// A stream that joins the river; its water keeps to its own side below the mouth.
    TributaryFile {
        /// Centre line down to its mouth, which lies in the river: points `[east, north, width]`.
        "centre_line" centre_line: At<Vec<At<[f64; 3]>>> = Required(Points::<3> { least: 2 });
        /// From 0 (clear green) to 1 (brown after rain).
        "turbidity" turbidity: At<f64> = Or(Number(&PART), "0.4");
    }
}

section! {
    /// Land in the water: an island, a sand bank, a spit.
    IslandFile {
        /// Its outline; the water's edge departs from it by some metres.
        "outline" outline: At<Vec<At<[f64; 2]>>> = Required(Points::<2> { least: 3 });
        /// What the water's edge is made of.
        "surface" surface: At<BankSurface> = Or(SURFACE, "\"sand\"");
        /// Rise from the edge, metres per metre.
        "slope" slope: At<f64> = Or(Number(&SLOPE), "0.08");
        /// Height above the water.
        "height" height: At<f64> = Or(Number(&BANK_HEIGHT), "\"1.5m\"");
        /// Trees on it.
        "trees" trees: At<f64> = Or(Number(&TREES), "\"0/ha\"");
        /// Part of the edge grown with reeds; above 0.8 beds of them stand in the shallows.
        "reeds" reeds: At<f64> = Or(Number(&PART), "0");
    }
}

section! {
    /// The land.
    LandFile {
        /// Height of the hills above the water.
        "hills" hills: At<f64> = Or(Number(&HILLS), "\"150m\"");
        /// Distance from the water's edge at which the hills begin.
        "hills_from" hills_from: At<f64> = Or(Number(&HILLS_FROM), "\"400m\"");
        /// The left bank, looking downstream.
        "left" left: BankFile = Nested::NEW;
        /// The right bank, looking downstream.
        "right" right: BankFile = Nested::NEW;
    }
}

section! {
    /// A bank.
    BankFile {
        /// What the water's edge is made of.
        "surface" surface: At<BankSurface> = Or(SURFACE, "\"grass\"");
        /// Rise from the edge, metres per metre.
        "slope" slope: At<f64> = Or(Number(&SLOPE), "0.35");
        /// Height of the land behind it above the water.
        "height" height: At<f64> = Or(Number(&BANK_HEIGHT), "\"4m\"");
        /// Trees behind the bank.
        "trees" trees: At<f64> = Or(Number(&TREES), "\"60/ha\"");
        /// Part of the edge grown with reeds; above 0.8 beds of them stand in the shallows.
        "reeds" reeds: At<f64> = Or(Number(&PART), "0.3");
    }
}

section! {
    /// A building.
    BuildingFile {
        /// What it is. A `jetty`, `bridge`, `barrage` or `wall` may stand in water; a barrage lets
        /// water out on its right side, looking along its heading.
        "kind" kind: At<BuildingKind> = Or(BUILDING, "\"house\"");
        /// Its middle.
        "at" at: At<[f64; 2]> = Required(Point);
        /// Direction of its long side, clockwise from north.
        "heading" heading: At<f64> = Or(Number(&BEARING), "\"0deg\"");
        /// Length, width and height of the walls: above the water for what stands in it (of a
        /// bridge, of its roadway), above the ground else.
        "size" size: At<[f64; 3]> = Or(Numbers::<3>(&WALLS), "[\"12m\", \"9m\", \"7m\"]");
    }
}

section! {
    /// A road, 5 m wide.
    RoadFile {
        /// Its course.
        "points" points: At<Vec<At<[f64; 2]>>> = Required(Points::<2> { least: 2 });
    }
}

section! {
    /// A field under crops.
    FieldFile {
        /// Its outline.
        "outline" outline: At<Vec<At<[f64; 2]>>> = Required(Points::<2> { least: 3 });
    }
}

section! {
    /// A named part of the site where actors can be put.
    PlaceFile {
        /// Its name within the site.
        "name" name: At<String> = Required(Name);
        /// On the water or at which bank, looking downstream.
        "kind" kind: At<PlaceKind> = Required(PLACE);
        /// Distance along the centre line, from and to.
        "along" along: At<[f64; 2]> = Required(Numbers::<2>(&ALONG));
    }
}

section! {
    /// An area with a rule: an outline, or a stretch of the river with a strip of both banks.
    ZoneFile {
        /// Its id within the site.
        "id" id: At<String> = Required(Name);
        /// What it is for.
        "kind" kind: At<ZoneKind> = Or(ZONE, "\"no_fishing\"");
        /// Its outline.
        "outline" outline: Option<At<Vec<At<[f64; 2]>>>> = Maybe(Points::<2> { least: 3 }, "given by `along`");
        /// Distance along the centre line, from and to.
        "along" along: Option<At<[f64; 2]>> = Maybe(Numbers::<2>(&ALONG), "the whole reach");
        /// Width of the strip of each bank that belongs to it.
        "margin" margin: Option<At<f64>> = Maybe(Number(&MARGIN), "12m");
    }
}

section! {
    /// An area with a responsible person: an outline, or a stretch of the river with its banks.
    GridFile {
        /// Its id within the county.
        "id" id: At<String> = Required(Name);
        /// County.
        "county" county: At<String> = Required(Text);
        /// Its outline.
        "outline" outline: Option<At<Vec<At<[f64; 2]>>>> = Maybe(Points::<2> { least: 3 }, "given by `along`");
        /// Distance along the centre line, from and to.
        "along" along: Option<At<[f64; 2]>> = Maybe(Numbers::<2>(&ALONG), "the whole reach");
        /// Width of the strip of each bank that belongs to it.
        "margin" margin: Option<At<f64>> = Maybe(Number(&MARGIN), "12m");
        /// The person on duty.
        "person" person: At<String> = Required(Text);
        /// Who stands in.
        "deputy" deputy: At<String> = Required(Text);
    }
}

section! {
    /// A vessel or machine that may be on the reach; its transponder reports where it is.
    PermitFile {
        /// The number on the hull.
        "vessel" vessel: At<String> = Required(Text);
        /// What for. Sand may be taken with `"sand mining"` only.
        "purpose" purpose: At<String> = Or(Text, "\"ferry\"");
    }
}

section! {
    /// A lamp that burns from dusk to dawn.
    LampFile {
        /// Where it stands.
        "at" at: At<[f64; 2]> = Required(Point);
        /// Height above the ground.
        "height" height: At<f64> = Or(Number(&LAMP_HEIGHT), "\"6m\"");
        /// Luminous flux.
        "flux" flux: At<f64> = Or(Number(&LUMENS), "\"4000lm\"");
        /// Colour temperature.
        "colour" colour: At<f64> = Or(Number(&KELVIN), "\"3000K\"");
    }
}

section! {
    /// A pipe at the water's edge.
    OutletFile {
        /// Its name within the site; no place has the same.
        "name" name: At<String> = Required(Name);
        /// Its mouth, at a bank.
        "at" at: At<[f64; 2]> = Required(Point);
        /// Inner diameter.
        "diameter" diameter: At<f64> = Or(Number(&DIAMETER), "\"0.6m\"");
        /// How much warmer than the river what comes out is; colder below 0.
        "warmer" warmer: At<f64> = Or(Number(&EFFLUENT), "\"4K\"");
    }
}

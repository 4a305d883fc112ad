//! The human figure: a skeleton of real proportions (Drillis and Contini 1966), clothed.

use super::pose::Pose;
use super::{Level, palette};
use crate::material::Material;
use crate::mesh::Mesh;
use base::Dice;
use glam::{Mat3, Mat4, Quat, Vec3};

/// Colour of the strip round a life jacket.
const STRIP: Vec3 = Vec3::new(0.40, 0.41, 0.40);

/// What is worn on the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hat {
    None,
    /// The farmer's cone of straw.
    Cone,
    /// Round brim.
    Brim,
    Cap,
}

/// Someone: stature, build and clothes.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one independent piece of clothing"
)]
pub(crate) struct Figure {
    /// Stature without hat, metres.
    pub height: f32,
    /// Girth about 1.
    pub build: f32,
    pub skin: Vec3,
    pub hair: Vec3,
    pub top: Vec3,
    pub trousers: Vec3,
    pub shoes: Vec3,
    pub hat: Hat,
    pub hat_colour: Vec3,
    pub life_jacket: bool,
    pub short_sleeves: bool,
    pub bare_shins: bool,
    pub bare_chest: bool,
}

/// Where gear is held, in the frame that the figure was placed in, metres.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Joints {
    pub hands: [Vec3; 2],
    pub shoulders: [Vec3; 2],
}

impl Figure {
    /// Someone at random; the mean stature fits the class table's 1.70 m.
    pub(crate) fn draw(dice: &mut Dice) -> Self {
        let skin = Vec3::new(0.34, 0.225, 0.165) * dice.range(0.72, 1.05) as f32;
        let hat = match dice.below(10) {
            0..=3 => Hat::None,
            4..=5 => Hat::Cone,
            6..=7 => Hat::Brim,
            _ => Hat::Cap,
        };
        let hat_colour = match hat {
            Hat::Cone => palette::vary(dice, palette::STRAW, 0.25),
            Hat::Brim => palette::pick(dice, &[palette::STRAW, Vec3::new(0.2, 0.18, 0.12)], 0.2),
            _ => palette::pick(dice, &palette::TOPS, 0.2),
        };
        let grey = dice.chance(0.25);
        Self {
            height: dice.range(1.58, 1.80) as f32,
            build: dice.range(0.92, 1.16) as f32,
            skin,
            hair: if grey {
                Vec3::splat(0.07)
            } else {
                Vec3::new(0.014, 0.012, 0.011)
            },
            top: palette::pick(dice, &palette::TOPS, 0.2),
            trousers: palette::pick(dice, &palette::TROUSERS, 0.2),
            shoes: palette::pick(dice, &[palette::BLACK, Vec3::new(0.06, 0.05, 0.04)], 0.2),
            hat,
            hat_colour,
            life_jacket: false,
            short_sleeves: dice.chance(0.3),
            bare_shins: dice.chance(0.15),
            bare_chest: false,
        }
    }

    /// What the part of that colour is made of.
    fn stuff(&self, colour: Vec3) -> Material {
        if colour == STRIP {
            Material::Retroreflector
        } else if colour == self.skin || colour == self.skin * 0.72 {
            Material::Skin
        } else if colour == self.hair {
            Material::Fur
        } else if colour == self.shoes {
            Material::Plastic
        } else {
            Material::Cloth
        }
    }

    /// The same in a life jacket with chance `p`.
    pub(crate) fn with_life_jacket(mut self, dice: &mut Dice, p: f64) -> Self {
        self.life_jacket = dice.chance(p);
        self
    }
}

/// Adds a figure in a pose; `place` puts its frame (x right, y forward, foot at the origin).
pub(crate) fn add(mesh: &mut Mesh, who: &Figure, pose: &Pose, place: Mat4, level: Level) -> Joints {
    let body = Body::new(who, pose);
    let mut own = Mesh::default();
    own.of(Material::Cloth);
    body.legs(&mut own, level);
    body.torso(&mut own, level);
    body.arms(&mut own, level);
    body.head(&mut own, level);
    for (colour, material) in own.colours.iter().zip(&mut own.materials) {
        *material = who.stuff(*colour);
    }
    body.crown(&mut own, level);
    mesh.append(&own, place);
    Joints {
        hands: body.palms().map(|p| place.transform_point3(p)),
        shoulders: body.shoulders.map(|p| place.transform_point3(p)),
    }
}

/// Cross-sections of the trunk: distance along the spine from the hip joints, half width, half
/// depth, shift forward; parts of the stature.
const TRUNK: [(f32, f32, f32, f32); 8] = [
    (-0.045, 0.050, 0.045, -0.004),
    (0.000, 0.094, 0.068, -0.008),
    (0.055, 0.096, 0.068, -0.004),
    (0.110, 0.083, 0.058, 0.004),
    (0.175, 0.094, 0.066, 0.006),
    (0.235, 0.106, 0.068, 0.000),
    (0.283, 0.094, 0.050, -0.008),
    (0.305, 0.045, 0.036, -0.006),
];

struct Body<'a> {
    who: &'a Figure,
    pose: &'a Pose,
    pelvis: Vec3,
    chest: Quat,
    hips: [Vec3; 2],
    shoulders: [Vec3; 2],
    elbows: [Vec3; 2],
    wrists: [Vec3; 2],
}

impl<'a> Body<'a> {
    fn new(who: &'a Figure, pose: &'a Pose) -> Self {
        let h = who.height;
        let pelvis = pose.pelvis * h;
        let chest = Quat::from_rotation_x(-pose.lean) * Quat::from_rotation_z(pose.twist);
        let hips = [-0.052, 0.052].map(|x| pelvis + Vec3::X * x * h);
        let mut body = Self {
            who,
            pose,
            pelvis,
            chest,
            hips,
            shoulders: [Vec3::ZERO; 2],
            elbows: [Vec3::ZERO; 2],
            wrists: [Vec3::ZERO; 2],
        };
        let neck = body.spine(0.278);
        for (k, side) in [-1.0_f32, 1.0].into_iter().enumerate() {
            let shoulder = neck + chest * Vec3::new(side * 0.108 * h, 0.0, 0.0);
            let aim = pose.hands[k] * h;
            let pole = Vec3::new(side * pose.elbows, -0.5, -1.0);
            let (elbow, wrist) = two_bones(shoulder, aim, [0.186 * h, 0.146 * h], pole);
            body.shoulders[k] = shoulder;
            body.elbows[k] = elbow;
            body.wrists[k] = wrist;
        }
        body
    }

    /// A point of the spine, `s` statures above the hip joints: it bends more the higher.
    fn spine(&self, s: f32) -> Vec3 {
        let h = self.who.height;
        let mut at = self.pelvis;
        let step = s / 6.0;
        for i in 0..6 {
            at += self.bent((i as f32 + 0.5) / 6.0 * s / 0.3) * Vec3::Z * step * h;
        }
        at
    }

    /// Orientation of the trunk at part `t` of its length.
    fn bent(&self, t: f32) -> Quat {
        let lean = self.pose.lean * (0.72 + 0.5 * t);
        Quat::from_rotation_x(-lean) * Quat::from_rotation_z(self.pose.twist * t)
    }

    fn trunk(
        &self,
        mesh: &mut Mesh,
        range: std::ops::Range<usize>,
        swell: f32,
        level: Level,
        colour: Vec3,
    ) {
        let h = self.who.height;
        let sides = level.sides(12);
        let rows: Vec<Vec<Vec3>> = TRUNK[range]
            .iter()
            .map(|&(s, wide, deep, shift)| {
                let q = self.bent((s / 0.3).max(0.0));
                let girth = self.who.build * h;
                let centre = self.spine(s) + q * Vec3::Y * (shift * h);
                let a = q * Vec3::X * (wide * girth + swell);
                let b = q * Vec3::Y * (deep * girth + swell);
                crate::mesh::ring(centre, a, b, sides)
            })
            .collect();
        mesh.grid(&rows, true, |_, _| colour);
    }

    fn torso(&self, mesh: &mut Mesh, level: Level) {
        let who = self.who;
        self.trunk(mesh, 0..4, 0.0, level, who.trousers);
        let top = if who.bare_chest { who.skin } else { who.top };
        self.trunk(
            mesh,
            2..8,
            if who.bare_chest { 0.0 } else { 0.012 },
            level,
            top,
        );
        if who.life_jacket {
            self.trunk(mesh, 3..6, 0.045, level, palette::ORANGE);
            if level != Level::Far {
                self.strip(mesh, level);
            }
        }
    }

    /// The reflecting strip round a life jacket.
    fn strip(&self, mesh: &mut Mesh, level: Level) {
        let h = self.who.height;
        let rows: Vec<Vec<Vec3>> = [0.195_f32, 0.222]
            .iter()
            .map(|&s| {
                let q = self.bent(s / 0.3);
                let girth = self.who.build * h;
                let a = q * Vec3::X * (0.099 * girth + 0.05);
                let b = q * Vec3::Y * (0.067 * girth + 0.05);
                crate::mesh::ring(self.spine(s), a, b, level.sides(12))
            })
            .collect();
        mesh.grid(&rows, true, |_, _| STRIP);
    }

    fn legs(&self, mesh: &mut Mesh, level: Level) {
        let h = self.who.height;
        let who = self.who;
        for (k, side) in [-1.0_f32, 1.0].into_iter().enumerate() {
            let ankle_at = self.pose.feet[k] * h + Vec3::Z * 0.042 * h;
            let pole = Vec3::new(side * self.pose.knees[0], 1.0, self.pose.knees[1]);
            let (knee, ankle) = two_bones(self.hips[k], ankle_at, [0.245 * h, 0.246 * h], pole);
            let r = h * who.build;
            let thigh = self.hips[k].lerp(knee, 0.45);
            let calf = knee.lerp(ankle, 0.35);
            let shin = if who.bare_shins {
                who.skin
            } else {
                who.trousers
            };
            let loose = if who.bare_shins { 0.0 } else { 0.007 };
            let path = [
                (self.hips[k], 0.056 * r),
                (thigh, 0.052 * r),
                (knee, 0.038 * r),
                (calf, (0.036 + loose * 0.6) * r),
                (ankle, (0.024 + loose) * r),
            ];
            mesh.bent_limb(&path, level.sides(8), |i| {
                if i > 2 { shin } else { who.trousers }
            });
            let toes = (pole.with_z(0.0)).normalize_or(Vec3::Y);
            let half = Mat3::from_cols(
                toes.cross(Vec3::Z) * 0.028 * h,
                toes * 0.076 * h,
                Vec3::Z * 0.024 * h,
            );
            let sole = ankle + toes * 0.042 * h - Vec3::Z * 0.018 * h;
            mesh.ellipsoid(sole, half, [level.sides(8), level.sides(5)], |_| who.shoes);
        }
    }

    fn arms(&self, mesh: &mut Mesh, level: Level) {
        let h = self.who.height;
        let who = self.who;
        let r = h * (0.5 + 0.5 * who.build);
        let sleeve = if who.bare_chest { who.skin } else { who.top };
        let forearm = if who.short_sleeves { who.skin } else { sleeve };
        for k in 0..2 {
            let (shoulder, elbow, wrist) = (self.shoulders[k], self.elbows[k], self.wrists[k]);
            let path = [
                (shoulder, 0.034 * r),
                (shoulder.lerp(elbow, 0.55), 0.030 * r),
                (elbow, 0.025 * r),
                (elbow.lerp(wrist, 0.3), 0.024 * r),
                (wrist, 0.017 * r),
            ];
            mesh.bent_limb(
                &path,
                level.sides(7),
                |i| if i >= 2 { forearm } else { sleeve },
            );
            let along = (wrist - elbow).normalize_or(-Vec3::Z);
            let end = wrist + along * 0.062 * h;
            mesh.limb(wrist, 0.018 * h, end, 0.014 * h, level.sides(6), who.skin);
        }
    }

    fn palms(&self) -> [Vec3; 2] {
        [0, 1].map(|k| {
            let along = (self.wrists[k] - self.elbows[k]).normalize_or(-Vec3::Z);
            self.wrists[k] + along * 0.045 * self.who.height
        })
    }

    /// Middle of the head and its orientation: the eyes stay near the horizon however deep the
    /// back is bent.
    fn skull(&self) -> (Vec3, Quat) {
        let h = self.who.height;
        let q = Quat::from_rotation_x(-(self.pose.lean * 0.55 + self.pose.nod))
            * Quat::from_rotation_z(self.pose.twist * 0.4);
        let nape = self.spine(0.295) + self.chest * Vec3::Z * 0.02 * h;
        (nape + q * Vec3::new(0.0, 0.012, 0.088) * h, q)
    }

    fn head(&self, mesh: &mut Mesh, level: Level) {
        let h = self.who.height;
        let who = self.who;
        let (centre, q) = self.skull();
        let base = self.spine(0.295);
        let up = q * Vec3::Z;
        let nape = base + self.chest * Vec3::Z * 0.02 * h;
        mesh.limb(
            base,
            0.036 * h,
            nape + up * 0.03 * h,
            0.031 * h,
            level.sides(7),
            who.skin,
        );
        let axes = Mat3::from_quat(q) * Mat3::from_diagonal(Vec3::new(0.046, 0.058, 0.067) * h);
        let cap = who.hat == Hat::Cap;
        mesh.ellipsoid(centre, axes, [level.sides(12), level.sides(9)], |d| {
            if cap && d.z > 0.30 {
                who.hat_colour
            } else if d.z > 0.55 || (d.y < 0.25 && d.z > -0.45) {
                who.hair
            } else if d.y > 0.6 && (-0.05..0.4).contains(&d.z) {
                who.skin * 0.72
            } else {
                who.skin
            }
        });
        if level != Level::Far {
            let nose = centre + q * Vec3::new(0.0, 0.057 * h, -0.008 * h);
            mesh.ball(nose, Vec3::new(0.008, 0.012, 0.014) * h, [4, 3], who.skin);
        }
    }

    fn crown(&self, mesh: &mut Mesh, level: Level) {
        let (centre, q) = self.skull();
        self.hat(mesh, centre, q, level);
    }

    fn hat(&self, mesh: &mut Mesh, centre: Vec3, q: Quat, level: Level) {
        let h = self.who.height;
        let colour = self.who.hat_colour;
        let sides = level.sides(14);
        let mut own = Mesh::default();
        own.of(match self.who.hat {
            Hat::Cap | Hat::None => Material::Cloth,
            Hat::Cone | Hat::Brim => Material::Wood,
        });
        match self.who.hat {
            Hat::None => return,
            Hat::Cone => {
                own.lathe(
                    Vec3::Z * 0.02,
                    &[(0.10, 0.015), (0.215, 0.0)],
                    sides,
                    |_| colour * 0.4,
                );
                let top = [(0.215, 0.0), (0.15, 0.052), (0.08, 0.105), (0.0, 0.15)];
                own.lathe(Vec3::Z * 0.02, &top, sides, |i| {
                    colour * [0.85, 1.0, 0.94, 1.05][i]
                });
            }
            Hat::Brim => {
                own.lathe(
                    Vec3::Z * 0.03,
                    &[(0.08, 0.0), (0.175, -0.012)],
                    sides,
                    |_| colour * 0.5,
                );
                let top = [
                    (0.175, -0.01),
                    (0.095, 0.012),
                    (0.088, 0.075),
                    (0.06, 0.098),
                    (0.0, 0.1),
                ];
                own.lathe(Vec3::Z * 0.03, &top, sides, |i| {
                    colour * [0.9, 0.7, 0.95, 1.0, 1.0][i]
                });
            }
            Hat::Cap => {
                let bill = |x: f32, y: f32, z: f32| Vec3::new(x, y, z);
                own.quad(
                    [
                        bill(-0.07, 0.07, 0.035),
                        bill(0.07, 0.07, 0.035),
                        bill(0.05, 0.17, 0.015),
                        bill(-0.05, 0.17, 0.015),
                    ],
                    colour * 0.8,
                );
                own.ball(
                    Vec3::Z * 0.055,
                    Vec3::new(0.083, 0.10, 0.07),
                    [sides, 6],
                    colour,
                );
            }
        }
        let place = Mat4::from_rotation_translation(q, centre);
        mesh.append(&own, place * Mat4::from_scale(Vec3::splat(h / 1.7)));
    }
}

/// Middle joint and reached end of two bones from `root` towards `aim`, the joint bent towards
/// `pole` (law of cosines).
fn two_bones(root: Vec3, aim: Vec3, lengths: [f32; 2], pole: Vec3) -> (Vec3, Vec3) {
    let [a, b] = lengths;
    let reach = aim - root;
    let along = reach.normalize_or(-Vec3::Z);
    let d = reach
        .length()
        .clamp((a - b).abs() + 0.02 * a, (a + b) * 0.999);
    let x = (a * a - b * b + d * d) / (2.0 * d);
    let y = (a * a - x * x).max(0.0).sqrt();
    let side = (pole - along * pole.dot(along))
        .try_normalize()
        .unwrap_or_else(|| along.any_orthonormal_vector());
    (root + along * x + side * y, root + along * d)
}

//! What surfaces are made of, for what colour does not say: how bright they are in the near
//! infrared, how they emit heat, how warm they get.

use glam::Vec3;

/// The stuff of a surface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Material {
    /// Bare skin.
    Skin,
    /// Dry clothes, bags of cloth.
    Cloth,
    /// Clothes soaked with water.
    WetCloth,
    /// Timber, bamboo, bark.
    Wood,
    /// Unpainted, not rusty.
    BareMetal,
    /// Paint or rust on metal.
    PaintedMetal,
    /// The hot parts of an engine.
    Engine,
    /// Exhaust pipe and what it blackens.
    Exhaust,
    /// Bottles, bags, buckets, fibreglass.
    Plastic,
    /// Foam on water, polystyrene.
    Foam,
    /// Hair of animals and people.
    Fur,
    /// Plumage.
    Feather,
    /// Leaves, grass, reeds, floating plants.
    Plant,
    /// Bare soil and mud.
    Soil,
    /// Sand.
    Sand,
    /// Gravel and rock.
    Stone,
    /// Concrete.
    Concrete,
    /// Roads.
    Asphalt,
    /// Roof tiles.
    Roof,
    /// Plaster and brick.
    Wall,
    /// Panes.
    Glass,
    /// Strips and reflectors that send light back to where it comes from.
    Retroreflector,
    /// An animal's eye, which does the same.
    Eye,
    /// Fishing nets and cages.
    Net,
    /// A lamp's own face.
    Lamp,
    /// Water, and what is drawn as wet film.
    Water,
    /// Cloth with air on both sides: awnings, parasols, flags, laundry.
    Canvas,
    /// Droplets in the air: steam.
    Mist,
}

impl Material {
    /// Every material, by number.
    pub const ALL: [Self; 28] = [
        Self::Skin,
        Self::Cloth,
        Self::WetCloth,
        Self::Wood,
        Self::BareMetal,
        Self::PaintedMetal,
        Self::Engine,
        Self::Exhaust,
        Self::Plastic,
        Self::Foam,
        Self::Fur,
        Self::Feather,
        Self::Plant,
        Self::Soil,
        Self::Sand,
        Self::Stone,
        Self::Concrete,
        Self::Asphalt,
        Self::Roof,
        Self::Wall,
        Self::Glass,
        Self::Retroreflector,
        Self::Eye,
        Self::Net,
        Self::Lamp,
        Self::Water,
        Self::Canvas,
        Self::Mist,
    ];

    /// What something of an albedo most likely is, where its model does not say.
    pub fn guess(albedo: Vec3) -> Self {
        let [r, g, b] = albedo.to_array();
        if (r - 1.511 * g).abs() < 0.01 * r && (g - 1.364 * b).abs() < 0.01 * g {
            // The one hue of `Figure`'s skin, light or dark.
            Self::Skin
        } else if leafy(albedo) {
            Self::Plant
        } else if g > 1.25 * r && g > 1.5 * b {
            Self::Net
        } else if r > 1.15 * b && r > 0.05 && r <= 2.2 * g {
            Self::Wood
        } else {
            Self::PaintedMetal
        }
    }
}

/// Among what stands on land, only leaves are this green and this dark.
pub(crate) fn leafy(albedo: Vec3) -> bool {
    albedo.y > 1.5 * albedo.z && albedo.y > 0.9 * albedo.x && albedo.y < 0.22
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_places_in_the_list() {
        for (i, m) in Material::ALL.iter().enumerate() {
            assert_eq!(*m as usize, i);
        }
    }
}

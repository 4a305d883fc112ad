//! Puts a row of the picture together: shadows of actors on land, actors in front of what stands
//! still, thin lines by coverage.

use crate::actors::{Drawn, OWNS};
use crate::bake::SiteBake;
use crate::band::{Planar, planar};

/// A row of the picture's planes.
pub(crate) struct Row<'a, const P: usize>(pub(crate) [&'a mut [f32]; P]);

impl<const P: usize> Row<'_, P> {
    fn get(&self, x: usize) -> Planar<P> {
        planar(|k| self.0[k][x])
    }

    fn set(&mut self, x: usize, v: Planar<P>) {
        for (plane, v) in self.0.iter_mut().zip(v) {
            plane[x] = v;
        }
    }
}

/// Takes the sun away where an actor's shadow falls on land. `direct`: what the sun adds to each
/// pixel of the row, and `sun` what a unit of that is.
pub(crate) fn cast_shadow<const P: usize>(
    drawn: &Drawn<P>,
    y: usize,
    direct: [&[u16]; P],
    sun: Planar<P>,
    row: &mut Row<'_, P>,
) {
    let Some(shadow) = &drawn.shadow else { return };
    let j = y as i32 - shadow.y0;
    if j < 0 || j >= shadow.height as i32 {
        return;
    }
    let line = &shadow.prim[j as usize * shadow.width..(j as usize + 1) * shadow.width];
    for (i, prims) in line.iter().enumerate() {
        let covered = prims.iter().map(|p| u32::from(*p > 0)).sum::<u32>();
        let x = shadow.x0 + i as i32;
        if covered > 0 && x >= 0 && (x as usize) < row.0[0].len() {
            let x = x as usize;
            let part = 0.92 * 0.25 * covered as f32;
            let lit = row.get(x);
            let sunlit = |k: usize| f32::from(direct[k][x]) * sun[k];
            row.set(x, planar(|k| lit[k] - sunlit(k) * part));
        }
    }
}

/// Puts the actors into a row: the nearest in each sample, in front of what stands still.
pub(crate) fn place_actors<const P: usize>(
    bake: &SiteBake,
    drawn: &[Drawn<P>],
    y: usize,
    row: &mut Row<'_, P>,
    ids: &mut [u32],
) {
    let (yi, width) = (y as i32, bake.width as i32);
    let here: Vec<&Drawn<P>> = drawn
        .iter()
        .filter(|d| yi >= d.layer.y0 && yi < d.layer.y0 + d.layer.height as i32)
        .collect();
    let mut spans: Vec<(i32, i32)> = here
        .iter()
        .map(|d| {
            (
                d.layer.x0.max(0),
                (d.layer.x0 + d.layer.width as i32).min(width),
            )
        })
        .collect();
    spans.sort_unstable();
    let mut from = 0;
    for (left, right) in spans {
        for x in left.max(from)..right {
            place_pixel(bake, &here, [x, yi], row, ids);
        }
        from = from.max(right);
    }
    for d in drawn.iter().filter(|d| d.smear.is_none()) {
        let first = d.rods.partition_point(|r| r.y < yi);
        for rod in d.rods[first..].iter().take_while(|r| r.y == yi) {
            let still = bake.w((yi * width + rod.x) as usize);
            let clear = still.iter().map(|w| u32::from(rod.w > *w)).sum::<u32>();
            let cover = rod.cover * clear as f32 * 0.25;
            let x = rod.x as usize;
            let behind = row.get(x);
            row.set(
                x,
                planar(|k| behind[k] * (1.0 - cover) + rod.radiance[k] * cover),
            );
        }
    }
    for d in drawn {
        place_smear(bake, d, &here, yi, row);
    }
}

/// Puts an actor that was too fast for the shutter into a row, by cover, behind what is nearer.
fn place_smear<const P: usize>(
    bake: &SiteBake,
    drawn: &Drawn<P>,
    here: &[&Drawn<P>],
    yi: i32,
    row: &mut Row<'_, P>,
) {
    let Some(smear) = &drawn.smear else { return };
    let width = bake.width as i32;
    let (x0, texels) = smear.row(yi);
    for (x, texel) in (x0..).zip(texels) {
        if texel.cover <= 0.0 || x < 0 || x >= width {
            continue;
        }
        let mut nearer = bake.w((yi * width + x) as usize);
        for other in here.iter().filter(|o| o.smear.is_none()) {
            if let Some(w) = other.layer.at(x, yi) {
                nearer = std::array::from_fn(|s| nearer[s].max(w[s]));
            }
        }
        let clear = nearer.iter().filter(|w| texel.w > **w).count() as f32 * 0.25;
        let cover = texel.cover.min(1.0) * clear;
        let x = x as usize;
        let behind = row.get(x);
        row.set(
            x,
            planar(|k| behind[k] * (1.0 - cover) + texel.radiance[k] * clear),
        );
    }
}

/// The nearest actor in each sample of a pixel among some, `usize::MAX` where none is before what
/// stands still.
fn nearest<const P: usize>(
    bake: &SiteBake,
    here: &[&Drawn<P>],
    [x, yi]: [i32; 2],
    among: impl Fn(&Drawn<P>) -> bool,
) -> [usize; 4] {
    let mut best = bake.w(yi as usize * bake.width + x as usize);
    let mut owner = [usize::MAX; 4];
    for (k, d) in here.iter().enumerate().filter(|(_, d)| among(d)) {
        let Some(w) = d.layer.at(x, yi) else { continue };
        for s in 0..4 {
            if w[s] > best[s] {
                best[s] = w[s];
                owner[s] = k;
            }
        }
    }
    owner
}

/// Samples of a pixel that an actor owns.
fn share(owner: [usize; 4], k: usize) -> u32 {
    owner.iter().map(|o| u32::from(*o == k)).sum()
}

/// Puts actors into a pixel.
fn place_pixel<const P: usize>(
    bake: &SiteBake,
    here: &[&Drawn<P>],
    [x, yi]: [i32; 2],
    row: &mut Row<'_, P>,
    ids: &mut [u32],
) {
    let mut owner = nearest(bake, here, [x, yi], |_| true);
    if owner == [usize::MAX; 4] {
        return;
    }
    let mut most = (0u32, 0u32);
    for (k, d) in here.iter().enumerate() {
        let count = share(owner, k);
        if count > most.0 {
            most = (count, d.state.id.0);
        }
    }
    if most.0 >= OWNS {
        ids[x as usize] = most.1;
    }
    // Fast ones own what they stand before, and are seen smeared.
    let fast = |k: &usize| here.get(*k).is_some_and(|d| d.smear.is_some());
    if owner.iter().any(fast) {
        owner = nearest(bake, here, [x, yi], |d| d.smear.is_none());
    }
    let mut left = 4u32;
    let mut sum = [0.0; P];
    for (k, d) in here.iter().enumerate() {
        let count = share(owner, k);
        if count == 0 {
            continue;
        }
        let layer = &d.layer;
        let at = (yi - layer.y0) as usize * layer.width + (x - layer.x0) as usize;
        for (sum, radiance) in sum.iter_mut().zip(layer.radiance[at]) {
            *sum += radiance * count as f32;
        }
        left -= count;
    }
    if left < 4 {
        let x = x as usize;
        let still = row.get(x);
        row.set(x, planar(|k| (still[k] * left as f32 + sum[k]) * 0.25));
    }
}

// Made by `npm run generate`; changes belong into cli/generate/sha2.mjs.

/** The round constants of SHA-512 (FIPS 180-4 §4.2): the fractions of the cube roots of the first 80 primes. */
const K = memory.data<u64>([
  0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc, 0x3956c25bf348b538,
  0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118, 0xd807aa98a3030242, 0x12835b0145706fbe,
  0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2, 0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235,
  0xc19bf174cf692694, 0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
  0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5, 0x983e5152ee66dfab,
  0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4, 0xc6e00bf33da88fc2, 0xd5a79147930aa725,
  0x06ca6351e003826f, 0x142929670a0e6e70, 0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed,
  0x53380d139d95b3df, 0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
  0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30, 0xd192e819d6ef5218,
  0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8, 0x19a4c116b8d2d0c8, 0x1e376c085141ab53,
  0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8, 0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373,
  0x682e6ff3d6b2b8a3, 0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
  0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b, 0xca273eceea26619c,
  0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178, 0x06f067aa72176fba, 0x0a637dc5a2c898a6,
  0x113f9804bef90dae, 0x1b710b35131c471b, 0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc,
  0x431d67c49c100d4c, 0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
]);

/** The step of SHA-512 (FIPS 180-4 §6.4.2) for the blocks from `at` up to `end`; `state` has eight words. */
export function compress(state: usize, at: usize, end: usize): void {
  let a = load<u64>(state);
  let b = load<u64>(state, 8);
  let c = load<u64>(state, 16);
  let d = load<u64>(state, 24);
  let e = load<u64>(state, 32);
  let f = load<u64>(state, 40);
  let g = load<u64>(state, 48);
  let h = load<u64>(state, 56);
  for (; at < end; at += 128) {
    let w0 = bswap(load<u64>(at));
    let w1 = bswap(load<u64>(at, 8));
    let w2 = bswap(load<u64>(at, 16));
    let w3 = bswap(load<u64>(at, 24));
    let w4 = bswap(load<u64>(at, 32));
    let w5 = bswap(load<u64>(at, 40));
    let w6 = bswap(load<u64>(at, 48));
    let w7 = bswap(load<u64>(at, 56));
    let w8 = bswap(load<u64>(at, 64));
    let w9 = bswap(load<u64>(at, 72));
    let w10 = bswap(load<u64>(at, 80));
    let w11 = bswap(load<u64>(at, 88));
    let w12 = bswap(load<u64>(at, 96));
    let w13 = bswap(load<u64>(at, 104));
    let w14 = bswap(load<u64>(at, 112));
    let w15 = bswap(load<u64>(at, 120));
    let x = b ^ c;
    let y: u64 = 0;

    h += load<u64>(K) + w0;
    h = h + rotr<u64>(rotr<u64>(rotr<u64>(e, 23) ^ e, 4) ^ e, 14) + (g ^ (e & (f ^ g)));
    d += h;
    y = a ^ b;
    h = h + (b ^ (x & y)) + rotr<u64>(rotr<u64>(rotr<u64>(a, 5) ^ a, 6) ^ a, 28);
    g += load<u64>(K, 8) + w1;
    g = g + rotr<u64>(rotr<u64>(rotr<u64>(d, 23) ^ d, 4) ^ d, 14) + (f ^ (d & (e ^ f)));
    c += g;
    x = h ^ a;
    g = g + (a ^ (y & x)) + rotr<u64>(rotr<u64>(rotr<u64>(h, 5) ^ h, 6) ^ h, 28);
    f += load<u64>(K, 16) + w2;
    f = f + rotr<u64>(rotr<u64>(rotr<u64>(c, 23) ^ c, 4) ^ c, 14) + (e ^ (c & (d ^ e)));
    b += f;
    y = g ^ h;
    f = f + (h ^ (x & y)) + rotr<u64>(rotr<u64>(rotr<u64>(g, 5) ^ g, 6) ^ g, 28);
    e += load<u64>(K, 24) + w3;
    e = e + rotr<u64>(rotr<u64>(rotr<u64>(b, 23) ^ b, 4) ^ b, 14) + (d ^ (b & (c ^ d)));
    a += e;
    x = f ^ g;
    e = e + (g ^ (y & x)) + rotr<u64>(rotr<u64>(rotr<u64>(f, 5) ^ f, 6) ^ f, 28);
    d += load<u64>(K, 32) + w4;
    d = d + rotr<u64>(rotr<u64>(rotr<u64>(a, 23) ^ a, 4) ^ a, 14) + (c ^ (a & (b ^ c)));
    h += d;
    y = e ^ f;
    d = d + (f ^ (x & y)) + rotr<u64>(rotr<u64>(rotr<u64>(e, 5) ^ e, 6) ^ e, 28);
    c += load<u64>(K, 40) + w5;
    c = c + rotr<u64>(rotr<u64>(rotr<u64>(h, 23) ^ h, 4) ^ h, 14) + (b ^ (h & (a ^ b)));
    g += c;
    x = d ^ e;
    c = c + (e ^ (y & x)) + rotr<u64>(rotr<u64>(rotr<u64>(d, 5) ^ d, 6) ^ d, 28);
    b += load<u64>(K, 48) + w6;
    b = b + rotr<u64>(rotr<u64>(rotr<u64>(g, 23) ^ g, 4) ^ g, 14) + (a ^ (g & (h ^ a)));
    f += b;
    y = c ^ d;
    b = b + (d ^ (x & y)) + rotr<u64>(rotr<u64>(rotr<u64>(c, 5) ^ c, 6) ^ c, 28);
    a += load<u64>(K, 56) + w7;
    a = a + rotr<u64>(rotr<u64>(rotr<u64>(f, 23) ^ f, 4) ^ f, 14) + (h ^ (f & (g ^ h)));
    e += a;
    x = b ^ c;
    a = a + (c ^ (y & x)) + rotr<u64>(rotr<u64>(rotr<u64>(b, 5) ^ b, 6) ^ b, 28);
    h += load<u64>(K, 64) + w8;
    h = h + rotr<u64>(rotr<u64>(rotr<u64>(e, 23) ^ e, 4) ^ e, 14) + (g ^ (e & (f ^ g)));
    d += h;
    y = a ^ b;
    h = h + (b ^ (x & y)) + rotr<u64>(rotr<u64>(rotr<u64>(a, 5) ^ a, 6) ^ a, 28);
    g += load<u64>(K, 72) + w9;
    g = g + rotr<u64>(rotr<u64>(rotr<u64>(d, 23) ^ d, 4) ^ d, 14) + (f ^ (d & (e ^ f)));
    c += g;
    x = h ^ a;
    g = g + (a ^ (y & x)) + rotr<u64>(rotr<u64>(rotr<u64>(h, 5) ^ h, 6) ^ h, 28);
    f += load<u64>(K, 80) + w10;
    f = f + rotr<u64>(rotr<u64>(rotr<u64>(c, 23) ^ c, 4) ^ c, 14) + (e ^ (c & (d ^ e)));
    b += f;
    y = g ^ h;
    f = f + (h ^ (x & y)) + rotr<u64>(rotr<u64>(rotr<u64>(g, 5) ^ g, 6) ^ g, 28);
    e += load<u64>(K, 88) + w11;
    e = e + rotr<u64>(rotr<u64>(rotr<u64>(b, 23) ^ b, 4) ^ b, 14) + (d ^ (b & (c ^ d)));
    a += e;
    x = f ^ g;
    e = e + (g ^ (y & x)) + rotr<u64>(rotr<u64>(rotr<u64>(f, 5) ^ f, 6) ^ f, 28);
    d += load<u64>(K, 96) + w12;
    d = d + rotr<u64>(rotr<u64>(rotr<u64>(a, 23) ^ a, 4) ^ a, 14) + (c ^ (a & (b ^ c)));
    h += d;
    y = e ^ f;
    d = d + (f ^ (x & y)) + rotr<u64>(rotr<u64>(rotr<u64>(e, 5) ^ e, 6) ^ e, 28);
    c += load<u64>(K, 104) + w13;
    c = c + rotr<u64>(rotr<u64>(rotr<u64>(h, 23) ^ h, 4) ^ h, 14) + (b ^ (h & (a ^ b)));
    g += c;
    x = d ^ e;
    c = c + (e ^ (y & x)) + rotr<u64>(rotr<u64>(rotr<u64>(d, 5) ^ d, 6) ^ d, 28);
    b += load<u64>(K, 112) + w14;
    b = b + rotr<u64>(rotr<u64>(rotr<u64>(g, 23) ^ g, 4) ^ g, 14) + (a ^ (g & (h ^ a)));
    f += b;
    y = c ^ d;
    b = b + (d ^ (x & y)) + rotr<u64>(rotr<u64>(rotr<u64>(c, 5) ^ c, 6) ^ c, 28);
    a += load<u64>(K, 120) + w15;
    a = a + rotr<u64>(rotr<u64>(rotr<u64>(f, 23) ^ f, 4) ^ f, 14) + (h ^ (f & (g ^ h)));
    e += a;
    x = b ^ c;
    a = a + (c ^ (y & x)) + rotr<u64>(rotr<u64>(rotr<u64>(b, 5) ^ b, 6) ^ b, 28);

    for (let k = K + 128; k < K + 640; k += 128) {
      w0 +=
        (rotr<u64>(rotr<u64>(w1, 7) ^ w1, 1) ^ (w1 >> 7)) + w9 + (rotr<u64>(rotr<u64>(w14, 42) ^ w14, 19) ^ (w14 >> 6));
      h += load<u64>(k) + w0;
      h = h + rotr<u64>(rotr<u64>(rotr<u64>(e, 23) ^ e, 4) ^ e, 14) + (g ^ (e & (f ^ g)));
      d += h;
      y = a ^ b;
      h = h + (b ^ (x & y)) + rotr<u64>(rotr<u64>(rotr<u64>(a, 5) ^ a, 6) ^ a, 28);
      w1 +=
        (rotr<u64>(rotr<u64>(w2, 7) ^ w2, 1) ^ (w2 >> 7)) +
        w10 +
        (rotr<u64>(rotr<u64>(w15, 42) ^ w15, 19) ^ (w15 >> 6));
      g += load<u64>(k, 8) + w1;
      g = g + rotr<u64>(rotr<u64>(rotr<u64>(d, 23) ^ d, 4) ^ d, 14) + (f ^ (d & (e ^ f)));
      c += g;
      x = h ^ a;
      g = g + (a ^ (y & x)) + rotr<u64>(rotr<u64>(rotr<u64>(h, 5) ^ h, 6) ^ h, 28);
      w2 +=
        (rotr<u64>(rotr<u64>(w3, 7) ^ w3, 1) ^ (w3 >> 7)) + w11 + (rotr<u64>(rotr<u64>(w0, 42) ^ w0, 19) ^ (w0 >> 6));
      f += load<u64>(k, 16) + w2;
      f = f + rotr<u64>(rotr<u64>(rotr<u64>(c, 23) ^ c, 4) ^ c, 14) + (e ^ (c & (d ^ e)));
      b += f;
      y = g ^ h;
      f = f + (h ^ (x & y)) + rotr<u64>(rotr<u64>(rotr<u64>(g, 5) ^ g, 6) ^ g, 28);
      w3 +=
        (rotr<u64>(rotr<u64>(w4, 7) ^ w4, 1) ^ (w4 >> 7)) + w12 + (rotr<u64>(rotr<u64>(w1, 42) ^ w1, 19) ^ (w1 >> 6));
      e += load<u64>(k, 24) + w3;
      e = e + rotr<u64>(rotr<u64>(rotr<u64>(b, 23) ^ b, 4) ^ b, 14) + (d ^ (b & (c ^ d)));
      a += e;
      x = f ^ g;
      e = e + (g ^ (y & x)) + rotr<u64>(rotr<u64>(rotr<u64>(f, 5) ^ f, 6) ^ f, 28);
      w4 +=
        (rotr<u64>(rotr<u64>(w5, 7) ^ w5, 1) ^ (w5 >> 7)) + w13 + (rotr<u64>(rotr<u64>(w2, 42) ^ w2, 19) ^ (w2 >> 6));
      d += load<u64>(k, 32) + w4;
      d = d + rotr<u64>(rotr<u64>(rotr<u64>(a, 23) ^ a, 4) ^ a, 14) + (c ^ (a & (b ^ c)));
      h += d;
      y = e ^ f;
      d = d + (f ^ (x & y)) + rotr<u64>(rotr<u64>(rotr<u64>(e, 5) ^ e, 6) ^ e, 28);
      w5 +=
        (rotr<u64>(rotr<u64>(w6, 7) ^ w6, 1) ^ (w6 >> 7)) + w14 + (rotr<u64>(rotr<u64>(w3, 42) ^ w3, 19) ^ (w3 >> 6));
      c += load<u64>(k, 40) + w5;
      c = c + rotr<u64>(rotr<u64>(rotr<u64>(h, 23) ^ h, 4) ^ h, 14) + (b ^ (h & (a ^ b)));
      g += c;
      x = d ^ e;
      c = c + (e ^ (y & x)) + rotr<u64>(rotr<u64>(rotr<u64>(d, 5) ^ d, 6) ^ d, 28);
      w6 +=
        (rotr<u64>(rotr<u64>(w7, 7) ^ w7, 1) ^ (w7 >> 7)) + w15 + (rotr<u64>(rotr<u64>(w4, 42) ^ w4, 19) ^ (w4 >> 6));
      b += load<u64>(k, 48) + w6;
      b = b + rotr<u64>(rotr<u64>(rotr<u64>(g, 23) ^ g, 4) ^ g, 14) + (a ^ (g & (h ^ a)));
      f += b;
      y = c ^ d;
      b = b + (d ^ (x & y)) + rotr<u64>(rotr<u64>(rotr<u64>(c, 5) ^ c, 6) ^ c, 28);
      w7 +=
        (rotr<u64>(rotr<u64>(w8, 7) ^ w8, 1) ^ (w8 >> 7)) + w0 + (rotr<u64>(rotr<u64>(w5, 42) ^ w5, 19) ^ (w5 >> 6));
      a += load<u64>(k, 56) + w7;
      a = a + rotr<u64>(rotr<u64>(rotr<u64>(f, 23) ^ f, 4) ^ f, 14) + (h ^ (f & (g ^ h)));
      e += a;
      x = b ^ c;
      a = a + (c ^ (y & x)) + rotr<u64>(rotr<u64>(rotr<u64>(b, 5) ^ b, 6) ^ b, 28);
      w8 +=
        (rotr<u64>(rotr<u64>(w9, 7) ^ w9, 1) ^ (w9 >> 7)) + w1 + (rotr<u64>(rotr<u64>(w6, 42) ^ w6, 19) ^ (w6 >> 6));
      h += load<u64>(k, 64) + w8;
      h = h + rotr<u64>(rotr<u64>(rotr<u64>(e, 23) ^ e, 4) ^ e, 14) + (g ^ (e & (f ^ g)));
      d += h;
      y = a ^ b;
      h = h + (b ^ (x & y)) + rotr<u64>(rotr<u64>(rotr<u64>(a, 5) ^ a, 6) ^ a, 28);
      w9 +=
        (rotr<u64>(rotr<u64>(w10, 7) ^ w10, 1) ^ (w10 >> 7)) + w2 + (rotr<u64>(rotr<u64>(w7, 42) ^ w7, 19) ^ (w7 >> 6));
      g += load<u64>(k, 72) + w9;
      g = g + rotr<u64>(rotr<u64>(rotr<u64>(d, 23) ^ d, 4) ^ d, 14) + (f ^ (d & (e ^ f)));
      c += g;
      x = h ^ a;
      g = g + (a ^ (y & x)) + rotr<u64>(rotr<u64>(rotr<u64>(h, 5) ^ h, 6) ^ h, 28);
      w10 +=
        (rotr<u64>(rotr<u64>(w11, 7) ^ w11, 1) ^ (w11 >> 7)) + w3 + (rotr<u64>(rotr<u64>(w8, 42) ^ w8, 19) ^ (w8 >> 6));
      f += load<u64>(k, 80) + w10;
      f = f + rotr<u64>(rotr<u64>(rotr<u64>(c, 23) ^ c, 4) ^ c, 14) + (e ^ (c & (d ^ e)));
      b += f;
      y = g ^ h;
      f = f + (h ^ (x & y)) + rotr<u64>(rotr<u64>(rotr<u64>(g, 5) ^ g, 6) ^ g, 28);
      w11 +=
        (rotr<u64>(rotr<u64>(w12, 7) ^ w12, 1) ^ (w12 >> 7)) + w4 + (rotr<u64>(rotr<u64>(w9, 42) ^ w9, 19) ^ (w9 >> 6));
      e += load<u64>(k, 88) + w11;
      e = e + rotr<u64>(rotr<u64>(rotr<u64>(b, 23) ^ b, 4) ^ b, 14) + (d ^ (b & (c ^ d)));
      a += e;
      x = f ^ g;
      e = e + (g ^ (y & x)) + rotr<u64>(rotr<u64>(rotr<u64>(f, 5) ^ f, 6) ^ f, 28);
      w12 +=
        (rotr<u64>(rotr<u64>(w13, 7) ^ w13, 1) ^ (w13 >> 7)) +
        w5 +
        (rotr<u64>(rotr<u64>(w10, 42) ^ w10, 19) ^ (w10 >> 6));
      d += load<u64>(k, 96) + w12;
      d = d + rotr<u64>(rotr<u64>(rotr<u64>(a, 23) ^ a, 4) ^ a, 14) + (c ^ (a & (b ^ c)));
      h += d;
      y = e ^ f;
      d = d + (f ^ (x & y)) + rotr<u64>(rotr<u64>(rotr<u64>(e, 5) ^ e, 6) ^ e, 28);
      w13 +=
        (rotr<u64>(rotr<u64>(w14, 7) ^ w14, 1) ^ (w14 >> 7)) +
        w6 +
        (rotr<u64>(rotr<u64>(w11, 42) ^ w11, 19) ^ (w11 >> 6));
      c += load<u64>(k, 104) + w13;
      c = c + rotr<u64>(rotr<u64>(rotr<u64>(h, 23) ^ h, 4) ^ h, 14) + (b ^ (h & (a ^ b)));
      g += c;
      x = d ^ e;
      c = c + (e ^ (y & x)) + rotr<u64>(rotr<u64>(rotr<u64>(d, 5) ^ d, 6) ^ d, 28);
      w14 +=
        (rotr<u64>(rotr<u64>(w15, 7) ^ w15, 1) ^ (w15 >> 7)) +
        w7 +
        (rotr<u64>(rotr<u64>(w12, 42) ^ w12, 19) ^ (w12 >> 6));
      b += load<u64>(k, 112) + w14;
      b = b + rotr<u64>(rotr<u64>(rotr<u64>(g, 23) ^ g, 4) ^ g, 14) + (a ^ (g & (h ^ a)));
      f += b;
      y = c ^ d;
      b = b + (d ^ (x & y)) + rotr<u64>(rotr<u64>(rotr<u64>(c, 5) ^ c, 6) ^ c, 28);
      w15 +=
        (rotr<u64>(rotr<u64>(w0, 7) ^ w0, 1) ^ (w0 >> 7)) + w8 + (rotr<u64>(rotr<u64>(w13, 42) ^ w13, 19) ^ (w13 >> 6));
      a += load<u64>(k, 120) + w15;
      a = a + rotr<u64>(rotr<u64>(rotr<u64>(f, 23) ^ f, 4) ^ f, 14) + (h ^ (f & (g ^ h)));
      e += a;
      x = b ^ c;
      a = a + (c ^ (y & x)) + rotr<u64>(rotr<u64>(rotr<u64>(b, 5) ^ b, 6) ^ b, 28);
    }

    a += load<u64>(state);
    b += load<u64>(state, 8);
    c += load<u64>(state, 16);
    d += load<u64>(state, 24);
    e += load<u64>(state, 32);
    f += load<u64>(state, 40);
    g += load<u64>(state, 48);
    h += load<u64>(state, 56);
    store<u64>(state, a);
    store<u64>(state, b, 8);
    store<u64>(state, c, 16);
    store<u64>(state, d, 24);
    store<u64>(state, e, 32);
    store<u64>(state, f, 40);
    store<u64>(state, g, 48);
    store<u64>(state, h, 56);
  }
}

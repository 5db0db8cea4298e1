// Made by `npm run generate`; changes belong into cli/generate/sha2.mjs.

/** The round constants of SHA-256 (FIPS 180-4 §4.2): the fractions of the cube roots of the first 64 primes. */
const K = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
]);

/** The step of SHA-256 (FIPS 180-4 §6.2.2) for the blocks from `at` up to `end`; `state` has eight words. */
export function compress(state: usize, at: usize, end: usize): void {
  let a = load<u32>(state);
  let b = load<u32>(state, 4);
  let c = load<u32>(state, 8);
  let d = load<u32>(state, 12);
  let e = load<u32>(state, 16);
  let f = load<u32>(state, 20);
  let g = load<u32>(state, 24);
  let h = load<u32>(state, 28);
  for (; at < end; at += 64) {
    let w0 = bswap(load<u32>(at));
    let w1 = bswap(load<u32>(at, 4));
    let w2 = bswap(load<u32>(at, 8));
    let w3 = bswap(load<u32>(at, 12));
    let w4 = bswap(load<u32>(at, 16));
    let w5 = bswap(load<u32>(at, 20));
    let w6 = bswap(load<u32>(at, 24));
    let w7 = bswap(load<u32>(at, 28));
    let w8 = bswap(load<u32>(at, 32));
    let w9 = bswap(load<u32>(at, 36));
    let w10 = bswap(load<u32>(at, 40));
    let w11 = bswap(load<u32>(at, 44));
    let w12 = bswap(load<u32>(at, 48));
    let w13 = bswap(load<u32>(at, 52));
    let w14 = bswap(load<u32>(at, 56));
    let w15 = bswap(load<u32>(at, 60));
    let x = b ^ c;
    let y: u32 = 0;

    h += load<u32>(K) + w0;
    h = h + rotr<u32>(rotr<u32>(rotr<u32>(e, 14) ^ e, 5) ^ e, 6) + (g ^ (e & (f ^ g)));
    d += h;
    y = a ^ b;
    h = h + (b ^ (x & y)) + rotr<u32>(rotr<u32>(rotr<u32>(a, 9) ^ a, 11) ^ a, 2);
    g += load<u32>(K, 4) + w1;
    g = g + rotr<u32>(rotr<u32>(rotr<u32>(d, 14) ^ d, 5) ^ d, 6) + (f ^ (d & (e ^ f)));
    c += g;
    x = h ^ a;
    g = g + (a ^ (y & x)) + rotr<u32>(rotr<u32>(rotr<u32>(h, 9) ^ h, 11) ^ h, 2);
    f += load<u32>(K, 8) + w2;
    f = f + rotr<u32>(rotr<u32>(rotr<u32>(c, 14) ^ c, 5) ^ c, 6) + (e ^ (c & (d ^ e)));
    b += f;
    y = g ^ h;
    f = f + (h ^ (x & y)) + rotr<u32>(rotr<u32>(rotr<u32>(g, 9) ^ g, 11) ^ g, 2);
    e += load<u32>(K, 12) + w3;
    e = e + rotr<u32>(rotr<u32>(rotr<u32>(b, 14) ^ b, 5) ^ b, 6) + (d ^ (b & (c ^ d)));
    a += e;
    x = f ^ g;
    e = e + (g ^ (y & x)) + rotr<u32>(rotr<u32>(rotr<u32>(f, 9) ^ f, 11) ^ f, 2);
    d += load<u32>(K, 16) + w4;
    d = d + rotr<u32>(rotr<u32>(rotr<u32>(a, 14) ^ a, 5) ^ a, 6) + (c ^ (a & (b ^ c)));
    h += d;
    y = e ^ f;
    d = d + (f ^ (x & y)) + rotr<u32>(rotr<u32>(rotr<u32>(e, 9) ^ e, 11) ^ e, 2);
    c += load<u32>(K, 20) + w5;
    c = c + rotr<u32>(rotr<u32>(rotr<u32>(h, 14) ^ h, 5) ^ h, 6) + (b ^ (h & (a ^ b)));
    g += c;
    x = d ^ e;
    c = c + (e ^ (y & x)) + rotr<u32>(rotr<u32>(rotr<u32>(d, 9) ^ d, 11) ^ d, 2);
    b += load<u32>(K, 24) + w6;
    b = b + rotr<u32>(rotr<u32>(rotr<u32>(g, 14) ^ g, 5) ^ g, 6) + (a ^ (g & (h ^ a)));
    f += b;
    y = c ^ d;
    b = b + (d ^ (x & y)) + rotr<u32>(rotr<u32>(rotr<u32>(c, 9) ^ c, 11) ^ c, 2);
    a += load<u32>(K, 28) + w7;
    a = a + rotr<u32>(rotr<u32>(rotr<u32>(f, 14) ^ f, 5) ^ f, 6) + (h ^ (f & (g ^ h)));
    e += a;
    x = b ^ c;
    a = a + (c ^ (y & x)) + rotr<u32>(rotr<u32>(rotr<u32>(b, 9) ^ b, 11) ^ b, 2);
    h += load<u32>(K, 32) + w8;
    h = h + rotr<u32>(rotr<u32>(rotr<u32>(e, 14) ^ e, 5) ^ e, 6) + (g ^ (e & (f ^ g)));
    d += h;
    y = a ^ b;
    h = h + (b ^ (x & y)) + rotr<u32>(rotr<u32>(rotr<u32>(a, 9) ^ a, 11) ^ a, 2);
    g += load<u32>(K, 36) + w9;
    g = g + rotr<u32>(rotr<u32>(rotr<u32>(d, 14) ^ d, 5) ^ d, 6) + (f ^ (d & (e ^ f)));
    c += g;
    x = h ^ a;
    g = g + (a ^ (y & x)) + rotr<u32>(rotr<u32>(rotr<u32>(h, 9) ^ h, 11) ^ h, 2);
    f += load<u32>(K, 40) + w10;
    f = f + rotr<u32>(rotr<u32>(rotr<u32>(c, 14) ^ c, 5) ^ c, 6) + (e ^ (c & (d ^ e)));
    b += f;
    y = g ^ h;
    f = f + (h ^ (x & y)) + rotr<u32>(rotr<u32>(rotr<u32>(g, 9) ^ g, 11) ^ g, 2);
    e += load<u32>(K, 44) + w11;
    e = e + rotr<u32>(rotr<u32>(rotr<u32>(b, 14) ^ b, 5) ^ b, 6) + (d ^ (b & (c ^ d)));
    a += e;
    x = f ^ g;
    e = e + (g ^ (y & x)) + rotr<u32>(rotr<u32>(rotr<u32>(f, 9) ^ f, 11) ^ f, 2);
    d += load<u32>(K, 48) + w12;
    d = d + rotr<u32>(rotr<u32>(rotr<u32>(a, 14) ^ a, 5) ^ a, 6) + (c ^ (a & (b ^ c)));
    h += d;
    y = e ^ f;
    d = d + (f ^ (x & y)) + rotr<u32>(rotr<u32>(rotr<u32>(e, 9) ^ e, 11) ^ e, 2);
    c += load<u32>(K, 52) + w13;
    c = c + rotr<u32>(rotr<u32>(rotr<u32>(h, 14) ^ h, 5) ^ h, 6) + (b ^ (h & (a ^ b)));
    g += c;
    x = d ^ e;
    c = c + (e ^ (y & x)) + rotr<u32>(rotr<u32>(rotr<u32>(d, 9) ^ d, 11) ^ d, 2);
    b += load<u32>(K, 56) + w14;
    b = b + rotr<u32>(rotr<u32>(rotr<u32>(g, 14) ^ g, 5) ^ g, 6) + (a ^ (g & (h ^ a)));
    f += b;
    y = c ^ d;
    b = b + (d ^ (x & y)) + rotr<u32>(rotr<u32>(rotr<u32>(c, 9) ^ c, 11) ^ c, 2);
    a += load<u32>(K, 60) + w15;
    a = a + rotr<u32>(rotr<u32>(rotr<u32>(f, 14) ^ f, 5) ^ f, 6) + (h ^ (f & (g ^ h)));
    e += a;
    x = b ^ c;
    a = a + (c ^ (y & x)) + rotr<u32>(rotr<u32>(rotr<u32>(b, 9) ^ b, 11) ^ b, 2);

    for (let k = K + 64; k < K + 256; k += 64) {
      w0 +=
        (rotr<u32>(rotr<u32>(w1, 11) ^ w1, 7) ^ (w1 >> 3)) +
        w9 +
        (rotr<u32>(rotr<u32>(w14, 2) ^ w14, 17) ^ (w14 >> 10));
      h += load<u32>(k) + w0;
      h = h + rotr<u32>(rotr<u32>(rotr<u32>(e, 14) ^ e, 5) ^ e, 6) + (g ^ (e & (f ^ g)));
      d += h;
      y = a ^ b;
      h = h + (b ^ (x & y)) + rotr<u32>(rotr<u32>(rotr<u32>(a, 9) ^ a, 11) ^ a, 2);
      w1 +=
        (rotr<u32>(rotr<u32>(w2, 11) ^ w2, 7) ^ (w2 >> 3)) +
        w10 +
        (rotr<u32>(rotr<u32>(w15, 2) ^ w15, 17) ^ (w15 >> 10));
      g += load<u32>(k, 4) + w1;
      g = g + rotr<u32>(rotr<u32>(rotr<u32>(d, 14) ^ d, 5) ^ d, 6) + (f ^ (d & (e ^ f)));
      c += g;
      x = h ^ a;
      g = g + (a ^ (y & x)) + rotr<u32>(rotr<u32>(rotr<u32>(h, 9) ^ h, 11) ^ h, 2);
      w2 +=
        (rotr<u32>(rotr<u32>(w3, 11) ^ w3, 7) ^ (w3 >> 3)) + w11 + (rotr<u32>(rotr<u32>(w0, 2) ^ w0, 17) ^ (w0 >> 10));
      f += load<u32>(k, 8) + w2;
      f = f + rotr<u32>(rotr<u32>(rotr<u32>(c, 14) ^ c, 5) ^ c, 6) + (e ^ (c & (d ^ e)));
      b += f;
      y = g ^ h;
      f = f + (h ^ (x & y)) + rotr<u32>(rotr<u32>(rotr<u32>(g, 9) ^ g, 11) ^ g, 2);
      w3 +=
        (rotr<u32>(rotr<u32>(w4, 11) ^ w4, 7) ^ (w4 >> 3)) + w12 + (rotr<u32>(rotr<u32>(w1, 2) ^ w1, 17) ^ (w1 >> 10));
      e += load<u32>(k, 12) + w3;
      e = e + rotr<u32>(rotr<u32>(rotr<u32>(b, 14) ^ b, 5) ^ b, 6) + (d ^ (b & (c ^ d)));
      a += e;
      x = f ^ g;
      e = e + (g ^ (y & x)) + rotr<u32>(rotr<u32>(rotr<u32>(f, 9) ^ f, 11) ^ f, 2);
      w4 +=
        (rotr<u32>(rotr<u32>(w5, 11) ^ w5, 7) ^ (w5 >> 3)) + w13 + (rotr<u32>(rotr<u32>(w2, 2) ^ w2, 17) ^ (w2 >> 10));
      d += load<u32>(k, 16) + w4;
      d = d + rotr<u32>(rotr<u32>(rotr<u32>(a, 14) ^ a, 5) ^ a, 6) + (c ^ (a & (b ^ c)));
      h += d;
      y = e ^ f;
      d = d + (f ^ (x & y)) + rotr<u32>(rotr<u32>(rotr<u32>(e, 9) ^ e, 11) ^ e, 2);
      w5 +=
        (rotr<u32>(rotr<u32>(w6, 11) ^ w6, 7) ^ (w6 >> 3)) + w14 + (rotr<u32>(rotr<u32>(w3, 2) ^ w3, 17) ^ (w3 >> 10));
      c += load<u32>(k, 20) + w5;
      c = c + rotr<u32>(rotr<u32>(rotr<u32>(h, 14) ^ h, 5) ^ h, 6) + (b ^ (h & (a ^ b)));
      g += c;
      x = d ^ e;
      c = c + (e ^ (y & x)) + rotr<u32>(rotr<u32>(rotr<u32>(d, 9) ^ d, 11) ^ d, 2);
      w6 +=
        (rotr<u32>(rotr<u32>(w7, 11) ^ w7, 7) ^ (w7 >> 3)) + w15 + (rotr<u32>(rotr<u32>(w4, 2) ^ w4, 17) ^ (w4 >> 10));
      b += load<u32>(k, 24) + w6;
      b = b + rotr<u32>(rotr<u32>(rotr<u32>(g, 14) ^ g, 5) ^ g, 6) + (a ^ (g & (h ^ a)));
      f += b;
      y = c ^ d;
      b = b + (d ^ (x & y)) + rotr<u32>(rotr<u32>(rotr<u32>(c, 9) ^ c, 11) ^ c, 2);
      w7 +=
        (rotr<u32>(rotr<u32>(w8, 11) ^ w8, 7) ^ (w8 >> 3)) + w0 + (rotr<u32>(rotr<u32>(w5, 2) ^ w5, 17) ^ (w5 >> 10));
      a += load<u32>(k, 28) + w7;
      a = a + rotr<u32>(rotr<u32>(rotr<u32>(f, 14) ^ f, 5) ^ f, 6) + (h ^ (f & (g ^ h)));
      e += a;
      x = b ^ c;
      a = a + (c ^ (y & x)) + rotr<u32>(rotr<u32>(rotr<u32>(b, 9) ^ b, 11) ^ b, 2);
      w8 +=
        (rotr<u32>(rotr<u32>(w9, 11) ^ w9, 7) ^ (w9 >> 3)) + w1 + (rotr<u32>(rotr<u32>(w6, 2) ^ w6, 17) ^ (w6 >> 10));
      h += load<u32>(k, 32) + w8;
      h = h + rotr<u32>(rotr<u32>(rotr<u32>(e, 14) ^ e, 5) ^ e, 6) + (g ^ (e & (f ^ g)));
      d += h;
      y = a ^ b;
      h = h + (b ^ (x & y)) + rotr<u32>(rotr<u32>(rotr<u32>(a, 9) ^ a, 11) ^ a, 2);
      w9 +=
        (rotr<u32>(rotr<u32>(w10, 11) ^ w10, 7) ^ (w10 >> 3)) +
        w2 +
        (rotr<u32>(rotr<u32>(w7, 2) ^ w7, 17) ^ (w7 >> 10));
      g += load<u32>(k, 36) + w9;
      g = g + rotr<u32>(rotr<u32>(rotr<u32>(d, 14) ^ d, 5) ^ d, 6) + (f ^ (d & (e ^ f)));
      c += g;
      x = h ^ a;
      g = g + (a ^ (y & x)) + rotr<u32>(rotr<u32>(rotr<u32>(h, 9) ^ h, 11) ^ h, 2);
      w10 +=
        (rotr<u32>(rotr<u32>(w11, 11) ^ w11, 7) ^ (w11 >> 3)) +
        w3 +
        (rotr<u32>(rotr<u32>(w8, 2) ^ w8, 17) ^ (w8 >> 10));
      f += load<u32>(k, 40) + w10;
      f = f + rotr<u32>(rotr<u32>(rotr<u32>(c, 14) ^ c, 5) ^ c, 6) + (e ^ (c & (d ^ e)));
      b += f;
      y = g ^ h;
      f = f + (h ^ (x & y)) + rotr<u32>(rotr<u32>(rotr<u32>(g, 9) ^ g, 11) ^ g, 2);
      w11 +=
        (rotr<u32>(rotr<u32>(w12, 11) ^ w12, 7) ^ (w12 >> 3)) +
        w4 +
        (rotr<u32>(rotr<u32>(w9, 2) ^ w9, 17) ^ (w9 >> 10));
      e += load<u32>(k, 44) + w11;
      e = e + rotr<u32>(rotr<u32>(rotr<u32>(b, 14) ^ b, 5) ^ b, 6) + (d ^ (b & (c ^ d)));
      a += e;
      x = f ^ g;
      e = e + (g ^ (y & x)) + rotr<u32>(rotr<u32>(rotr<u32>(f, 9) ^ f, 11) ^ f, 2);
      w12 +=
        (rotr<u32>(rotr<u32>(w13, 11) ^ w13, 7) ^ (w13 >> 3)) +
        w5 +
        (rotr<u32>(rotr<u32>(w10, 2) ^ w10, 17) ^ (w10 >> 10));
      d += load<u32>(k, 48) + w12;
      d = d + rotr<u32>(rotr<u32>(rotr<u32>(a, 14) ^ a, 5) ^ a, 6) + (c ^ (a & (b ^ c)));
      h += d;
      y = e ^ f;
      d = d + (f ^ (x & y)) + rotr<u32>(rotr<u32>(rotr<u32>(e, 9) ^ e, 11) ^ e, 2);
      w13 +=
        (rotr<u32>(rotr<u32>(w14, 11) ^ w14, 7) ^ (w14 >> 3)) +
        w6 +
        (rotr<u32>(rotr<u32>(w11, 2) ^ w11, 17) ^ (w11 >> 10));
      c += load<u32>(k, 52) + w13;
      c = c + rotr<u32>(rotr<u32>(rotr<u32>(h, 14) ^ h, 5) ^ h, 6) + (b ^ (h & (a ^ b)));
      g += c;
      x = d ^ e;
      c = c + (e ^ (y & x)) + rotr<u32>(rotr<u32>(rotr<u32>(d, 9) ^ d, 11) ^ d, 2);
      w14 +=
        (rotr<u32>(rotr<u32>(w15, 11) ^ w15, 7) ^ (w15 >> 3)) +
        w7 +
        (rotr<u32>(rotr<u32>(w12, 2) ^ w12, 17) ^ (w12 >> 10));
      b += load<u32>(k, 56) + w14;
      b = b + rotr<u32>(rotr<u32>(rotr<u32>(g, 14) ^ g, 5) ^ g, 6) + (a ^ (g & (h ^ a)));
      f += b;
      y = c ^ d;
      b = b + (d ^ (x & y)) + rotr<u32>(rotr<u32>(rotr<u32>(c, 9) ^ c, 11) ^ c, 2);
      w15 +=
        (rotr<u32>(rotr<u32>(w0, 11) ^ w0, 7) ^ (w0 >> 3)) +
        w8 +
        (rotr<u32>(rotr<u32>(w13, 2) ^ w13, 17) ^ (w13 >> 10));
      a += load<u32>(k, 60) + w15;
      a = a + rotr<u32>(rotr<u32>(rotr<u32>(f, 14) ^ f, 5) ^ f, 6) + (h ^ (f & (g ^ h)));
      e += a;
      x = b ^ c;
      a = a + (c ^ (y & x)) + rotr<u32>(rotr<u32>(rotr<u32>(b, 9) ^ b, 11) ^ b, 2);
    }

    a += load<u32>(state);
    b += load<u32>(state, 4);
    c += load<u32>(state, 8);
    d += load<u32>(state, 12);
    e += load<u32>(state, 16);
    f += load<u32>(state, 20);
    g += load<u32>(state, 24);
    h += load<u32>(state, 28);
    store<u32>(state, a);
    store<u32>(state, b, 4);
    store<u32>(state, c, 8);
    store<u32>(state, d, 12);
    store<u32>(state, e, 16);
    store<u32>(state, f, 20);
    store<u32>(state, g, 24);
    store<u32>(state, h, 28);
  }
}

-- More than 255 constants in front: method names, field names and operands go through registers.
local t = {
  "a0","a1","a2","a3","a4","a5","a6","a7","a8","a9","b0","b1","b2","b3","b4","b5","b6","b7","b8","b9",
  "c0","c1","c2","c3","c4","c5","c6","c7","c8","c9","d0","d1","d2","d3","d4","d5","d6","d7","d8","d9",
  "e0","e1","e2","e3","e4","e5","e6","e7","e8","e9","f0","f1","f2","f3","f4","f5","f6","f7","f8","f9",
  "g0","g1","g2","g3","g4","g5","g6","g7","g8","g9","h0","h1","h2","h3","h4","h5","h6","h7","h8","h9",
  "i0","i1","i2","i3","i4","i5","i6","i7","i8","i9","j0","j1","j2","j3","j4","j5","j6","j7","j8","j9",
  "k0","k1","k2","k3","k4","k5","k6","k7","k8","k9","l0","l1","l2","l3","l4","l5","l6","l7","l8","l9",
  "m0","m1","m2","m3","m4","m5","m6","m7","m8","m9","n0","n1","n2","n3","n4","n5","n6","n7","n8","n9",
  "o0","o1","o2","o3","o4","o5","o6","o7","o8","o9","p0","p1","p2","p3","p4","p5","p6","p7","p8","p9",
  "q0","q1","q2","q3","q4","q5","q6","q7","q8","q9","r0","r1","r2","r3","r4","r5","r6","r7","r8","r9",
  "s0","s1","s2","s3","s4","s5","s6","s7","s8","s9","t0","t1","t2","t3","t4","t5","t6","t7","t8","t9",
  "u0","u1","u2","u3","u4","u5","u6","u7","u8","u9","v0","v1","v2","v3","v4","v5","v6","v7","v8","v9",
  "w0","w1","w2","w3","w4","w5","w6","w7","w8","w9","x0","x1","x2","x3","x4","x5","x6","x7","x8","x9",
  "y0","y1","y2","y3","y4","y5","y6","y7","y8","y9","z0","z1","z2","z3","z4","z5","z6","z7","z8","z9",
}
print(#t, t[1], t[50], t[51], t[255], t[256], t[260])

-- Method call with a late key, both as local receiver and as string.
t.describe = function(self, n) return self[n] .. "!" end
print(t:describe(260))
print(("late"):upper())

-- Late field reads and writes with constant and register values.
t.late_field = "late value"
t.late_other = t.late_field
t.late_number = 98765.25
t.late_nil = nil
t.late_bool = true
print(t.late_field, t.late_other, t.late_number, t.late_nil, t.late_bool)

-- Late globals.
late_global = 5
late_global = late_global + 1
print(late_global)

-- Late numeric operands must be loaded first; immediates still work.
local x = 10
print(x * 1.75, x - 4096.5, 4096.5 - x, x + 70000, 70000 + x, x // 3.25, x % 7.5, x ^ 1.5)
print(x & 0x7fffffff, 0x7ffffffe & x, x | 0x10000001, x ~ 0x20000002)
print(x + 1, x - 1, x << 2, x >> 1, 1 << x)

-- Late equality constants.
print(x == 123.75, x ~= 456.75, t[1] == "a0", t[1] == "late string", x == 70001, "zzz" ~= t[2])
if t.late_field == "late value" then print "late eq" end

-- A nested function begins with an empty list again.
local function fresh() return t.describe(t, 1), ("low"):upper(), x * 1.75 end
print(fresh())

-- Two hundred locals in one function, the limit, used across the whole range of registers.
local function full(seed)
  local
    v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15, v16, v17, v18,
    v19, v20, v21, v22, v23, v24, v25, v26, v27, v28, v29, v30, v31, v32, v33, v34, v35, v36,
    v37, v38, v39, v40, v41, v42, v43, v44, v45, v46, v47, v48, v49, v50, v51, v52, v53, v54,
    v55, v56, v57, v58, v59, v60, v61, v62, v63, v64, v65, v66, v67, v68, v69, v70, v71, v72,
    v73, v74, v75, v76, v77, v78, v79, v80, v81, v82, v83, v84, v85, v86, v87, v88, v89, v90,
    v91, v92, v93, v94, v95, v96, v97, v98, v99, v100, v101, v102, v103, v104, v105, v106, v107, v108,
    v109, v110, v111, v112, v113, v114, v115, v116, v117, v118, v119, v120, v121, v122, v123, v124, v125, v126,
    v127, v128, v129, v130, v131, v132, v133, v134, v135, v136, v137, v138, v139, v140, v141, v142, v143, v144,
    v145, v146, v147, v148, v149, v150, v151, v152, v153, v154, v155, v156, v157, v158, v159, v160, v161, v162,
    v163, v164, v165, v166, v167, v168, v169, v170, v171, v172, v173, v174, v175, v176, v177, v178, v179, v180,
    v181, v182, v183, v184, v185, v186, v187, v188, v189, v190, v191, v192, v193, v194, v195, v196, v197, v198 =
    seed, seed + 1, seed + 2, "s3", seed + 4, seed + 5, nil, seed + 7, seed + 8, "s9", seed + 10, seed + 11,
    12.5, nil, seed + 14, "s15", seed + 16, seed + 17, 18.5, seed + 19, nil, "s21", seed + 22, seed + 23,
    24.5, seed + 25, seed + 26, nil, seed + 28, seed + 29, 30.5, seed + 31, seed + 32, "s33", nil, seed + 35,
    36.5, seed + 37, seed + 38, "s39", seed + 40, nil, 42.5, seed + 43, seed + 44, "s45", seed + 46, seed + 47,
    nil, seed + 49, seed + 50, "s51", seed + 52, seed + 53, 54.5, nil, seed + 56, "s57", seed + 58, seed + 59,
    60.5, seed + 61, nil, "s63", seed + 64, seed + 65, 66.5, seed + 67, seed + 68, nil, seed + 70, seed + 71,
    72.5, seed + 73, seed + 74, "s75", nil, seed + 77, 78.5, seed + 79, seed + 80, "s81", seed + 82, nil,
    84.5, seed + 85, seed + 86, "s87", seed + 88, seed + 89, nil, seed + 91, seed + 92, "s93", seed + 94, seed + 95,
    96.5, nil, seed + 98, "s99", seed + 100, seed + 101, 102.5, seed + 103, nil, "s105", seed + 106, seed + 107,
    108.5, seed + 109, seed + 110, nil, seed + 112, seed + 113, 114.5, seed + 115, seed + 116, "s117", nil, seed + 119,
    120.5, seed + 121, seed + 122, "s123", seed + 124, nil, 126.5, seed + 127, seed + 128, "s129", seed + 130, seed + 131,
    nil, seed + 133, seed + 134, "s135", seed + 136, seed + 137, 138.5, nil, seed + 140, "s141", seed + 142, seed + 143,
    144.5, seed + 145, nil, "s147", seed + 148, seed + 149, 150.5, seed + 151, seed + 152, nil, seed + 154, seed + 155,
    156.5, seed + 157, seed + 158, "s159", nil, seed + 161, 162.5, seed + 163, seed + 164, "s165", seed + 166, nil,
    168.5, seed + 169, seed + 170, "s171", seed + 172, seed + 173, nil, seed + 175, seed + 176, "s177", seed + 178, seed + 179,
    180.5, nil, seed + 182, "s183", seed + 184, seed + 185, 186.5, seed + 187, nil, "s189", seed + 190, seed + 191,
    192.5, seed + 193, seed + 194, nil, seed + 196, seed + 197
  local last = v1
  v198 = v197
  v100, v150 = v150, v100
  v7 = v8 and v9 or v10
  if v190 == v189 then last = "equal" elseif v190 ~= nil and last then last = last + 1 end
  return last, v1, v2, v100, v150, v197, v198, v7, v14, v190
end
print(full(1))
print(full(-50))

-- The same number of locals in nested blocks, reusing registers.
local function blocks()
  local n = 0
  do
    local
      a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20,
      a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39, a40,
      a41, a42, a43, a44, a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55, a56, a57, a58, a59, a60,
      a61, a62, a63, a64, a65, a66, a67, a68, a69, a70, a71, a72, a73, a74, a75, a76, a77, a78, a79, a80,
      a81, a82, a83, a84, a85, a86, a87, a88, a89, a90, a91, a92, a93, a94, a95, a96, a97, a98, a99, a100,
      a101, a102, a103, a104, a105, a106, a107, a108, a109, a110, a111, a112, a113, a114, a115, a116, a117, a118, a119, a120,
      a121, a122, a123, a124, a125, a126, a127, a128, a129, a130, a131, a132, a133, a134, a135, a136, a137, a138, a139, a140,
      a141, a142, a143, a144, a145, a146, a147, a148, a149, a150
    a150 = 1
    n = n + a150
  end
  do
    local
      b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15, b16, b17, b18, b19, b20,
      b21, b22, b23, b24, b25, b26, b27, b28, b29, b30, b31, b32, b33, b34, b35, b36, b37, b38, b39, b40,
      b41, b42, b43, b44, b45, b46, b47, b48, b49, b50, b51, b52, b53, b54, b55, b56, b57, b58, b59, b60,
      b61, b62, b63, b64, b65, b66, b67, b68, b69, b70, b71, b72, b73, b74, b75, b76, b77, b78, b79, b80,
      b81, b82, b83, b84, b85, b86, b87, b88, b89, b90, b91, b92, b93, b94, b95, b96, b97, b98, b99, b100,
      b101, b102, b103, b104, b105, b106, b107, b108, b109, b110, b111, b112, b113, b114, b115, b116, b117, b118, b119, b120,
      b121, b122, b123, b124, b125, b126, b127, b128, b129, b130, b131, b132, b133, b134, b135, b136, b137, b138, b139, b140,
      b141, b142, b143, b144, b145, b146, b147, b148, b149, b150, b151, b152, b153, b154, b155, b156, b157, b158, b159, b160,
      b161, b162, b163, b164, b165, b166, b167, b168, b169, b170, b171, b172, b173, b174, b175, b176, b177, b178, b179, b180 = n, 2, 3
    b180 = b1 + b2 + b3
    n = n + b180 + (b4 == nil and 100 or 0)
  end
  return n
end
print(blocks())

-- Captured high registers.
local function captured()
  local
    c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19, c20,
    c21, c22, c23, c24, c25, c26, c27, c28, c29, c30, c31, c32, c33, c34, c35, c36, c37, c38, c39, c40,
    c41, c42, c43, c44, c45, c46, c47, c48, c49, c50, c51, c52, c53, c54, c55, c56, c57, c58, c59, c60,
    c61, c62, c63, c64, c65, c66, c67, c68, c69, c70, c71, c72, c73, c74, c75, c76, c77, c78, c79, c80,
    c81, c82, c83, c84, c85, c86, c87, c88, c89, c90, c91, c92, c93, c94, c95, c96, c97, c98, c99, c100,
    c101, c102, c103, c104, c105, c106, c107, c108, c109, c110, c111, c112, c113, c114, c115, c116, c117, c118, c119, c120,
    c121, c122, c123, c124, c125, c126, c127, c128, c129, c130, c131, c132, c133, c134, c135, c136, c137, c138, c139, c140,
    c141, c142, c143, c144, c145, c146, c147, c148, c149, c150, c151, c152, c153, c154, c155, c156, c157, c158, c159, c160,
    c161, c162, c163, c164, c165, c166, c167, c168, c169, c170, c171, c172, c173, c174, c175, c176, c177, c178, c179, c180,
    c181, c182, c183, c184, c185, c186, c187, c188, c189, c190 = "first"
  c189, c190 = "near", "top"
  local function get() return c1, c189, c190 end
  c190 = c190 .. "!"
  return get()
end
print(captured())

-- A loop whose hidden variables and body sit on top of many locals.
local function loop()
  local
    d1, d2, d3, d4, d5, d6, d7, d8, d9, d10, d11, d12, d13, d14, d15, d16, d17, d18, d19, d20,
    d21, d22, d23, d24, d25, d26, d27, d28, d29, d30, d31, d32, d33, d34, d35, d36, d37, d38, d39, d40,
    d41, d42, d43, d44, d45, d46, d47, d48, d49, d50, d51, d52, d53, d54, d55, d56, d57, d58, d59, d60,
    d61, d62, d63, d64, d65, d66, d67, d68, d69, d70, d71, d72, d73, d74, d75, d76, d77, d78, d79, d80,
    d81, d82, d83, d84, d85, d86, d87, d88, d89, d90, d91, d92, d93, d94, d95, d96, d97, d98, d99, d100,
    d101, d102, d103, d104, d105, d106, d107, d108, d109, d110, d111, d112, d113, d114, d115, d116, d117, d118, d119, d120,
    d121, d122, d123, d124, d125, d126, d127, d128, d129, d130, d131, d132, d133, d134, d135, d136, d137, d138, d139, d140,
    d141, d142, d143, d144, d145, d146, d147, d148, d149, d150, d151, d152, d153, d154, d155, d156, d157, d158, d159, d160,
    d161, d162, d163, d164, d165, d166, d167, d168, d169, d170, d171, d172, d173, d174, d175, d176, d177, d178, d179, d180,
    d181, d182, d183, d184, d185 = 0
  for i = 1, 10 do d1 = d1 + i end
  for _, x in ipairs {5, 6} do d185 = (d185 or 0) + x end
  return d1, d185
end
print(loop())

#pragma once

namespace left4me::test {

/// The bus without what the package forbids user left4me on it, until this ends.
class NoBusPolicy {
public:
    NoBusPolicy();
    ~NoBusPolicy();
    NoBusPolicy(const NoBusPolicy&) = delete;
    NoBusPolicy& operator=(const NoBusPolicy&) = delete;
};

} // namespace left4me::test

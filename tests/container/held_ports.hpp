#pragma once

namespace left4me::test {

/// A lock of left4me's that somebody else holds: whoever initialises a server waits for it.
class HeldPorts {
public:
    HeldPorts();
    ~HeldPorts();
    HeldPorts(const HeldPorts&) = delete;
    HeldPorts& operator=(const HeldPorts&) = delete;

private:
    int file_;
};

} // namespace left4me::test

#include "probe_server.hpp"

#include <filesystem>
#include <format>

namespace left4me::test {

std::string ProbeServer::layer_path()
{
    if (layer_.empty()) {
        layer_ = make_layer("probe");
        std::filesystem::copy_file(tests_dir + "/probe64",
                                   state + "/overlays/" + layer_ + "/srcds_linux");
    }
    return state + "/overlays/" + layer_;
}

void ProbeServer::start_attempts(const Words& attempts)
{
    (void)layer_path();
    auto words = std::format("'--out', '{}/answers.txt', '--stay'", merged());
    for (const auto& attempt : attempts)
        words += std::format(", '{}'", attempt);
    initialize(spec(std::format("overlays: [{{path: {}}}]\narguments: [{}]\n", layer_, words)));
    start();
}

bool ProbeServer::has_ended() const
{
    return exists(merged() + "/answers.txt");
}

ProbeReport ProbeServer::answers() const
{
    return ProbeReport(read_file(merged() + "/answers.txt"));
}

} // namespace left4me::test

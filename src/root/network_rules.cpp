#include "root/network_rules.hpp"

#include "root/socket_rules.hpp"
#include "system/directory.hpp"
#include "system/file_descriptor.hpp"
#include "system/format.hpp"

#include <array>
#include <cerrno>
#include <memory>
#include <nftables/libnftables.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

namespace left4me {
namespace {

const std::string rules_file = "/usr/lib/left4me/nftables.nft";
const std::string slices = "/sys/fs/cgroup/l4d2.slice";
/// In a directory that is root's alone, made by the unit.
const std::string control_path = "/run/left4me-nftables/control";
/// Said when the rules are loaded; anything else is why not. An end without a word is neither.
constexpr std::string_view loaded_answer = "loaded";
constexpr std::size_t max_answer_size = 4096;

struct FreeContext {
    void operator()(nft_ctx* context) const noexcept { nft_ctx_free(context); }
};

/// nft's words for what is wrong, in one line.
std::string reason(nft_ctx* context)
{
    std::string_view said = nft_ctx_get_error_buffer(context);
    while (said.ends_with('\n'))
        said.remove_suffix(1);
    return escaped(said);
}

/// The connection to the kernel that the table belongs to.
class Rules {
public:
    static Result<Rules> open()
    {
        Rules rules(nft_ctx_new(NFT_CTX_DEFAULT));
        if (!rules.context_ || nft_ctx_buffer_error(rules.context_.get()) != 0)
            return fail(ExitStatus::internal, "cannot use libnftables");
        return rules;
    }

    /// All of them in one transaction: the old ones count until the new ones do.
    Result<void> load()
    {
        if (nft_run_cmd_from_filename(context_.get(), rules_file.c_str()) != 0)
            return fail(ExitStatus::bad_data,
                        formatted("cannot load the packet rules: {}", reason(context_.get())));
        return {};
    }

private:
    explicit Rules(nft_ctx* context) : context_(context) {}
    std::unique_ptr<nft_ctx, FreeContext> context_;
};

sockaddr_un control_address()
{
    sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = {}};
    control_path.copy(address.sun_path, sizeof address.sun_path - 1);
    return address;
}

Result<FileDescriptor> make_control()
{
    FileDescriptor control(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    const auto address = control_address();
    unlink(control_path.c_str()); // of one that was killed
    constexpr int waiting = 8;
    if (!control ||
        bind(control.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        listen(control.get(), waiting) != 0)
        return fail_errno(formatted("cannot listen at {}", quote(control_path)), errno);
    return control;
}

/// Whoever connects wants the rules loaded, and is told how that went.
Result<void> serve(Rules& rules, const FileDescriptor& control)
{
    while (true) {
        const FileDescriptor asking(accept4(control.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!asking && errno == EINTR)
            continue;
        if (!asking)
            return fail_errno("cannot wait for a reload", errno);
        const auto loaded = rules.load();
        const auto answer =
            loaded ? std::string(loaded_answer) : loaded.error().message.substr(0, max_answer_size);
        // Who has gone needs no answer.
        (void)send(asking.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
    }
}

} // namespace

Result<void> keep_network_rules()
{
    auto rules = Rules::open();
    if (!rules)
        return std::unexpected(rules.error());
    const auto sockets = apply_socket_rules(slices);
    if (!sockets)
        return std::unexpected(sockets.error());
    return rules->load().and_then(make_control).and_then([&](const FileDescriptor& control) {
        sd_notify(0, "READY=1");
        return serve(*rules, control);
    });
}

Result<void> reload_network_rules()
{
    const FileDescriptor control(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    const auto address = control_address();
    if (!control ||
        connect(control.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return fail_errno("cannot ask for the packet rules to be loaded", errno);
    std::array<char, max_answer_size> answer = {};
    ssize_t size = -1;
    while ((size = recv(control.get(), answer.data(), answer.size(), 0)) < 0 && errno == EINTR)
        ;
    if (size <= 0)
        return fail_errno("cannot tell whether the packet rules were loaded", size == 0 ? EPIPE : errno);
    const std::string_view said(answer.data(), static_cast<std::size_t>(size));
    if (said != loaded_answer)
        return fail(ExitStatus::bad_data, std::string(said));
    return {};
}

} // namespace left4me

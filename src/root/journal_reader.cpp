#include "root/journal_reader.hpp"

#include "host/unit_names.hpp"
#include "system/caller_watch.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <systemd/sd-journal.h>
#include <unistd.h>
#include <vector>

namespace left4me {
namespace {

/// A journal field may be 768 MiB; a line for people needs no more than this.
constexpr std::size_t max_message_size = 64 * 1024;

struct CloseJournal {
    void operator()(sd_journal* journal) const noexcept { sd_journal_close(journal); }
};

std::unexpected<Error> fail_journal(std::string_view act, int result)
{
    return fail_errno(formatted("cannot {} the journal", act), -result);
}

std::uint64_t microseconds_of(std::optional<std::chrono::sys_seconds> time)
{
    return time ? static_cast<std::uint64_t>(std::chrono::microseconds(time->time_since_epoch()).count())
                : 0;
}

class Journal {
public:
    static Result<Journal> open(const InstanceName& name, Cursors cursors)
    {
        sd_journal* opened = nullptr;
        int result = sd_journal_open(&opened, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM);
        if (result < 0)
            return fail_journal("open", result);
        Journal journal(opened, cursors);
        if (result = journal.match(name); result < 0)
            return fail_journal("filter", result);
        sd_journal_set_data_threshold(opened, max_message_size);
        return journal;
    }

    /// Places the cursor so that next() gives the last lines entries, and none that is older than
    /// since.
    Result<void> seek_before_last(std::size_t lines, std::optional<std::chrono::sys_seconds> since)
    {
        int result = sd_journal_seek_tail(journal_.get());
        if (result >= 0)
            result = sd_journal_previous_skip(journal_.get(), lines + 1);
        if (result < 0)
            return fail_journal("search", result);
        const auto earliest = microseconds_of(since);
        std::uint64_t time = 0;
        if (static_cast<std::size_t>(result) == lines + 1 &&
            sd_journal_get_realtime_usec(journal_.get(), &time) >= 0 && time >= earliest)
            return {};
        // Not all of the last ones are wanted, or there are fewer.
        result = since ? sd_journal_seek_realtime_usec(journal_.get(), earliest)
                       : sd_journal_seek_head(journal_.get());
        return result < 0 ? Result<void>(fail_journal("search", result)) : Result<void>();
    }

    /// Places the cursor so that next() gives what came behind that entry.
    Result<void> seek_behind(const JournalCursor& cursor)
    {
        int result = sd_journal_seek_cursor(journal_.get(), cursor.str().c_str());
        if (result >= 0)
            result = sd_journal_next(journal_.get());
        if (result > 0) // the nearest one, where there is none of that cursor
            result = sd_journal_test_cursor(journal_.get(), cursor.str().c_str());
        if (result < 0)
            return fail_journal("search", result);
        if (result == 0)
            return fail(ExitStatus::not_found,
                        formatted("the journal has no message {} of this server", quote(cursor.str())));
        return {};
    }

    /// Prints the entries behind the cursor.
    Result<void> print_rest(std::size_t most = std::numeric_limits<std::size_t>::max())
    {
        int result = 0;
        for (; most > 0 && (result = sd_journal_next(journal_.get())) > 0; --most)
            if (auto printed = print_entry(); !printed)
                return printed;
        return result < 0 ? Result<void>(fail_journal("read", result)) : Result<void>();
    }

    /// Waits for new entries; gone when nobody reads them any more.
    Result<Caller> wait()
    {
        std::uint64_t timeout = 0;
        const int descriptor = sd_journal_get_fd(journal_.get());
        const int events = sd_journal_get_events(journal_.get());
        const int result = sd_journal_get_timeout(journal_.get(), &timeout);
        if (descriptor < 0 || events < 0 || result < 0)
            return fail_journal("follow", std::min({descriptor, events, result}));
        // A network file system would need to be asked now and then.
        constexpr int max_wait_ms = 1000;
        const int timeout_ms = timeout == UINT64_MAX ? -1 : max_wait_ms;
        return wait_with_caller(descriptor, static_cast<short>(events), timeout_ms)
            .transform([&](Caller caller) {
                sd_journal_process(journal_.get()); // INVALIDATE is read like APPEND
                return caller;
            });
    }

private:
    Journal(sd_journal* journal, Cursors cursors) : journal_(journal), cursors_(cursors) {}

    /// What the unit's processes wrote, and what systemd, journald and systemd-coredump said of
    /// them. The fields that begin with an underscore are journald's own and true: whoever they
    /// name may be believed in the others. (journalctl --unit, which this follows, believes all
    /// of root's processes; see add_matches_for_unit in systemd's logs-show.c.)
    int match(const InstanceName& name)
    {
        const auto unit = server_unit(name);
        const std::vector<std::vector<std::string>> kinds = {
            {"_SYSTEMD_UNIT=" + unit},
            {"_SYSTEMD_UNIT=" + hung_unit(name)}, // why it was restarted
            {"_PID=1", "UNIT=" + unit},
            {"_TRANSPORT=driver", "OBJECT_SYSTEMD_UNIT=" + unit}, // journald: what it has left out
            {R"(_SYSTEMD_SLICE=system-systemd\x2dcoredump.slice)", "COREDUMP_UNIT=" + unit},
        };
        int result = 0;
        for (const auto& kind : kinds) {
            for (const auto& field : kind)
                if (result >= 0)
                    result = sd_journal_add_match(journal_.get(), field.data(), field.size());
            if (result >= 0)
                result = sd_journal_add_disjunction(journal_.get());
        }
        return result;
    }

    Result<void> print_entry()
    {
        constexpr std::string_view prefix = "MESSAGE=";
        const void* data = nullptr;
        std::size_t size = 0;
        std::uint64_t time = 0;
        if (sd_journal_get_realtime_usec(journal_.get(), &time) < 0 ||
            sd_journal_get_data(journal_.get(), "MESSAGE", &data, &size) < 0)
            return {}; // an entry without a message has nothing to show
        std::string_view message(static_cast<const char*>(data), size);
        message.remove_prefix(std::min(prefix.size(), message.size()));
        const std::chrono::sys_time<std::chrono::seconds> when{std::chrono::seconds(time / 1'000'000)};
        const auto place = cursor();
        if (!place)
            return std::unexpected(place.error());
        const auto line = formatted("{}{:%FT%T}+00:00 {}\n", *place, when, escaped(message));
        return write_all(standard_output_, "standard output", line);
    }

    /// Of the present entry, and a tab; empty if they are not asked for.
    Result<std::string> cursor()
    {
        if (cursors_ == Cursors::no)
            return std::string();
        char* text = nullptr;
        if (const int result = sd_journal_get_cursor(journal_.get(), &text); result < 0)
            return fail_journal("read", result);
        const std::unique_ptr<char, decltype(&std::free)> owned(text, &std::free);
        return std::string(text) + '\t';
    }

    std::unique_ptr<sd_journal, CloseJournal> journal_;
    Cursors cursors_;
    FileDescriptor standard_output_{dup(STDOUT_FILENO)};
};

} // namespace

Result<void> print_journal(const JournalRequest& request)
{
    auto journal = Journal::open(request.name, request.cursors);
    if (!journal)
        return std::unexpected(journal.error());
    const bool bounded = request.after && request.follow == Follow::no;
    auto done = (request.after ? journal->seek_behind(*request.after)
                               : journal->seek_before_last(request.lines, request.since))
                    .and_then([&] {
                        return bounded ? journal->print_rest(request.lines) : journal->print_rest();
                    });
    while (done && request.follow == Follow::yes) {
        const auto caller = journal->wait();
        if (!caller)
            return std::unexpected(caller.error());
        if (*caller == Caller::gone)
            return {};
        done = journal->print_rest();
    }
    return done;
}

} // namespace left4me

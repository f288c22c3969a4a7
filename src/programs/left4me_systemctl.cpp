#include "console/terminal_report.hpp"
#include "host/host.hpp"
#include "host/systemd.hpp"
#include "host/unit_names.hpp"
#include "model/instance_name.hpp"
#include "model/job_request.hpp"
#include "model/server_event.hpp"
#include "programs/job_words.hpp"
#include "programs/passed_status.hpp"
#include "programs/programs.hpp"
#include "programs/server_words.hpp"
#include "programs/unit_act.hpp"
#include "root/counted_input.hpp"
#include "root/job_units.hpp"
#include "root/server_units.hpp"
#include "root/steamcmd_unit.hpp"
#include "system/format.hpp"

namespace left4me {
namespace {

Result<void> show(Systemd& systemd, const InstanceName& name)
{
    return systemd.status(server_unit(name)).transform([](const UnitStatus& status) {
        print(formatted("ActiveState={}\nSubState={}\n", status.active_state, status.sub_state));
    });
}

Result<void> disable(Systemd& systemd, const InstanceName& name)
{
    return disable_now(Host::installed(), systemd, name)
        .transform([](const std::vector<std::string>& remarks) {
            for (const auto& remark : remarks)
                print(remark + '\n');
        });
}

Result<void> enable(Systemd& systemd, const InstanceName& name)
{
    return enable_now(Host::installed(), systemd, name);
}

Result<void> restart(Systemd& systemd, const InstanceName& name)
{
    return restart_now(Host::installed(), systemd, name);
}

template <Result<void> (*verb)(Systemd&, const InstanceName&)>
Result<Act> unit_act(const Arguments& arguments)
{
    return server_of(arguments).transform([](InstanceName name) {
        return as_helper([name = std::move(name)] {
            return Systemd::connect()
                .and_then([&](Systemd systemd) { return verb(systemd, name); })
                .transform([] { return 0; });
        });
    });
}

Parameter event_kind_word()
{
    return {.name = "KIND",
            .help = "What has happened: crashed, hung, given-up, disk-low",
            .value = Value::choice,
            .required = true,
            .choices = {event_words.begin(), event_words.end()}};
}

Result<Act> event_act(const Arguments& arguments)
{
    return parse_event_kind(arguments.text("KIND")).and_then([&](EventKind kind) {
        return server_of(arguments).transform([&](InstanceName name) {
            return as_helper([kind, name = std::move(name)] {
                return Systemd::connect()
                    .and_then(
                        [&](Systemd systemd) { return systemd.queue_start(event_unit(kind, name)); })
                    .transform([] { return 0; });
            });
        });
    });
}

template <Result<void> (*verb)(Systemd&)>
Result<Act> host_act(const Arguments& /*arguments*/)
{
    return as_helper([] {
        return Systemd::connect().and_then([](Systemd systemd) { return verb(systemd); }).transform([] {
            return 0;
        });
    });
}

Result<int> fetch()
{
    return Systemd::connect().and_then(run_steamcmd_unit).transform_error(own_failure_unless_cancelled);
}

Result<int> start_job_from_input(const JobName& job)
{
    return read_counted_input("the request", max_job_request_size)
        .and_then([&](const std::string& text) {
            return Systemd::connect()
                .and_then([&](Systemd systemd) {
                    return start_job(Host::installed(), systemd, job.kind, job.id, text);
                })
                .transform([] { return 0; });
        });
}

Result<int> stop_job_now(const JobName& job)
{
    return Systemd::connect()
        .and_then(
            [&](Systemd systemd) { return stop_job(Host::installed(), systemd, job.kind, job.id); })
        .transform([] { return 0; });
}

Result<int> forget_job_now(const JobName& job)
{
    return Systemd::connect()
        .and_then(
            [&](Systemd systemd) { return forget_job(Host::installed(), systemd, job.kind, job.id); })
        .transform([] { return 0; });
}

template <Result<int> (*verb)(const JobName&)>
Result<Act> job_act(const Arguments& arguments)
{
    return job_of(arguments).transform(
        [](JobName job) { return as_helper([job = std::move(job)] { return verb(job); }); });
}

/// steamcmd's status; a failure of the helper itself is launch_failed, but for a cancelled one.
Result<Act> fetch_act(const Arguments& /*arguments*/)
{
    return as_helper(fetch);
}

} // namespace

const Program left4me_systemctl = {
    .name = "left4me-systemctl",
    .help = "Starts, stops and shows the units of one server, fetches and publishes a new\n"
            "installation of the game, looks at running servers, and nothing else. l4d2ctl calls it "
            "through sudo.",
    .groups = {},
    .verbs = {{.words = "enable",
               .help = "Enable and start the server, and wait until it is started",
               .parameters = {server_word()},
               .example = "left4me-systemctl enable coop1",
               .function = unit_act<enable>},
              {.words = "disable",
               .help = "Disable and stop the server, and wait until it is unmounted",
               .parameters = {server_word()},
               .example = "left4me-systemctl disable coop1",
               .function = unit_act<disable>},
              {.words = "restart",
               .help = "Restart the server on its layers as they are now, and wait until it is started",
               .parameters = {server_word()},
               .example = "left4me-systemctl restart coop1",
               .function = unit_act<restart>},
              {.words = "restart-empty",
               .help = "Have the server restarted on its layers as they are now, and do not wait",
               .parameters = {server_word()},
               .example = "left4me-systemctl restart-empty coop1",
               .function = unit_act<restart_empty>},
              {.words = "restart-hung",
               .help = "Have the server restarted whose game hangs, and do not wait",
               .parameters = {server_word()},
               .example = "left4me-systemctl restart-hung coop1",
               .function = unit_act<restart_hung>},
              {.words = "event",
               .help = "Have the operator's scripts run for an event, and do not wait",
               .parameters = {event_kind_word(), server_word()},
               .example = "left4me-systemctl event crashed coop1",
               .function = event_act},
              {.words = "purge",
               .help = "Remove all that the stopped server wrote, and wait",
               .parameters = {server_word()},
               .example = "left4me-systemctl purge coop1",
               .function = unit_act<purge>},
              {.words = "show",
               .help = "Print ActiveState and SubState",
               .parameters = {server_word()},
               .example = "left4me-systemctl show coop1",
               .function = unit_act<show>},
              {.words = "publish-installation",
               .help = "Put the new installation of the game in the old one's place, and wait",
               .parameters = {},
               .example = "left4me-systemctl publish-installation",
               .function = host_act<publish_installation>},
              {.words = "inspect",
               .help = "Find files that running servers use and that were upgraded since, and wait",
               .parameters = {},
               .example = "left4me-systemctl inspect",
               .function = host_act<start_inspection>},
              {.words = "fetch",
               .help = "Run steamcmd as the line on standard input says, on the terminal on standard "
                       "output, and wait",
               .parameters = {},
               .example = "left4me-systemctl fetch",
               .function = fetch_act},
              {.words = "job-start",
               .help = "Start the job that the request on standard input describes, and wait until it "
                       "has begun",
               .parameters = job_words(),
               .example = "left4me-systemctl job-start layers 7",
               .function = job_act<start_job_from_input>},
              {.words = "job-stop",
               .help = "End a job, and wait until it is down",
               .parameters = job_words(),
               .example = "left4me-systemctl job-stop layers 7",
               .function = job_act<stop_job_now>},
              {.words = "job-forget",
               .help = "Have the log and the result of a job removed that is down, and do not wait",
               .parameters = job_words(),
               .example = "left4me-systemctl job-forget layers 7",
               .function = job_act<forget_job_now>}},
};

} // namespace left4me

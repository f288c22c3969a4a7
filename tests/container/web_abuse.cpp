#include "web_abuse.hpp"

#include <ostream>

namespace left4me::test {
namespace {

using namespace std::string_literals; // for the bytes behind a NUL

std::string sent(const std::string& fields, const std::string& body = "")
{
    return "POST /sign-in HTTP/1.1\r\nHost: localhost:8000\r\n" + fields + "\r\n" + body;
}

} // namespace

void PrintTo(const Abuse& row, std::ostream* out)
{
    *out << row.name;
}

std::vector<Abuse> abuse_rows()
{
    return {Abuse{"LengthAndCoding",
                  sent("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), "400"},
            Abuse{"UnknownCoding", sent("Transfer-Encoding: x\r\n"), "501"},
            Abuse{"TwoLengths", sent("Content-Length: 4\r\nContent-Length: 5\r\n", "abcd"), "400"},
            Abuse{"LengthWithASign", sent("Content-Length: +4\r\n", "abcd"), "400"},
            Abuse{"OldVersion",
                  "POST / HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", "505"},
            Abuse{"LineFeedInAChunksExtension",
                  sent("Transfer-Encoding: chunked\r\n", "1;a\nb\r\nx\r\n0\r\n\r\n"), "501"},
            Abuse{"BlankBeforeTheColon", sent("Content-Length : 4\r\n", "abcd"), "400"},
            Abuse{"FoldedField", sent("A: b\r\n c\r\nContent-Length: 0\r\n"), "400"},
            Abuse{"BareLineFeed", "GET / HTTP/1.1\r\nHost: localhost\nA: b\r\n\r\n", "400"},
            Abuse{"Nul", sent("A: \0\r\nContent-Length: 0\r\n"s), "400"},
            Abuse{"NoHost", "GET / HTTP/1.1\r\n\r\n", "400"},
            Abuse{"TwoHosts", "GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", "400"},
            Abuse{"AnotherHost", "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", "421"},
            Abuse{"HugeHead", sent("A: " + std::string(100'000, 'a') + "\r\n"), "431"},
            Abuse{"ThousandsOfFields",
                  [] {
                      std::string fields;
                      for (int i = 0; i < 5000; ++i)
                          fields += "A: b\r\n";
                      return sent(fields);
                  }(),
                  "431"},
            Abuse{"AbsoluteTarget", "GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n", "400"},
            Abuse{"LengthOfAGigabyte", sent("Content-Length: 1000000000\r\n"), "413"},
            Abuse{"NoHttp", "\x16\x03\x01\x02\x00\x01\r\n\r\n"s, "400"}};
}

} // namespace left4me::test

// Stands in for Arduino, ESP32 and ThingsBoard's SDK, with those names that a copied sketch uses. Each call is told on
// standard output, in place of being carried out.
#ifndef STAND_IN_H
#define STAND_IN_H

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>

struct SerialPort {
    void begin(unsigned long) {}
    void println(char const *text) { std::fprintf(stderr, "%s\n", text); }
};
inline SerialPort Serial;

inline void delay(unsigned long) {}
inline void configTime(long, int, char const *) {}

constexpr int WL_CONNECTED = 3;
struct WiFiNetwork {
    void begin(char const *, char const *) {}
    int status() { return WL_CONNECTED; }
};
inline WiFiNetwork WiFi;

struct WiFiClientSecure {
    void setCACert(char const *) {}
};

inline void tell_hex(char const *bytes, std::size_t length) {
    std::printf(" ");
    for (std::size_t index = 0; index < length; ++index) {
        std::printf("%02x", static_cast<unsigned char>(bytes[index]));
    }
}

struct Arduino_MQTT_Client {
    explicit Arduino_MQTT_Client(WiFiClientSecure &) {}
    bool subscribe(char const *topic) {
        std::printf("subscribe %s\n", topic);
        return true;
    }
    bool publish(char const *topic, std::uint8_t const *payload, std::size_t const &length) {
        std::printf("publish");
        tell_hex(topic, std::strlen(topic));
        tell_hex(reinterpret_cast<char const *>(payload), length);
        std::printf("\n");
        return true;
    }
};

struct ThingsBoard {
    Arduino_MQTT_Client &client;
    ThingsBoard(Arduino_MQTT_Client &given, std::uint16_t, std::uint16_t) : client(given) {}
    bool connect(char const *host, char const *token, std::uint16_t port, char const *id = "", char const *password = "") {
        std::printf("connect %s %s %u %s %s\n", host, token, port, id, password);
        return true;
    }
    bool Send_Json_String(char const *topic, char const *json) {
        return client.publish(topic, reinterpret_cast<std::uint8_t const *>(json), std::strlen(json));
    }
    void loop() {}
};

#endif
